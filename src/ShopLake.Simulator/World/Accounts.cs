using System.Globalization;
using ShopLake.Simulator.Books;
using ShopLake.Simulator.Feeds;

namespace ShopLake.Simulator.World;

/// <summary>Somebody with an account.</summary>
internal sealed class Account
{
    public required string Id { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>How often they come, against others: in (0, 1].</summary>
    public required double Loyalty { get; init; }

    /// <summary>False for those who look but never order.</summary>
    public required bool IsBuyer { get; init; }

    public required bool PrefersMobile { get; init; }

    /// <summary>False where the account exists in the shop but in no export.</summary>
    public required bool IsExported { get; init; }

    public required string Name { get; set; }

    public required string Email { get; set; }

    public required string Phone { get; set; }

    public DateTime UpdatedAt { get; set; }

    public bool IsClosed { get; set; }

    public Timeline Timeline { get; } = new();
}

/// <summary>Accounts are opened all the time, and their names, e-mails and phones change.</summary>
internal sealed class Accounts(Stage stage)
{
    private const double OpenedBefore = 0.4;
    private const double NeverOrders = 0.25;
    private const double NotExported = 0.005;
    private const double SharedEmail = 0.04;
    private const double ChangesPerDay = 0.006;
    private const double ClosesInstead = 0.03;

    private static readonly string[] FirstNames =
    [
        "Ana", "Bruno", "Chloé", "Dmitri", "Élodie", "Farid", "Grace", "Håkon", "Ines", "José", "Karolína", "Łukasz",
        "Mei", "Noah", "Óscar", "Priya", "Quentin", "Rosa", "Søren", "Tomás", "Ursula", "Vera", "Wanda", "李娜", "Zoë",
    ];

    private static readonly string[] LastNames =
    [
        "Abe", "Baker", "Costa", "da Silva", "Eriksen", "Fischer", "García, MSc", "Hoffmann", "Ibrahim", "Jansen",
        "Kowalski", "Lima", "Müller", "Novák", "O'Brien", "Pereira", "Quispe", "Rossi", "Souza \"Sol\"", "Tanaka",
        "Usman", "Virtanen", "Weber", "Xu", "Yılmaz", "Zimmermann",
    ];

    private readonly SeededRandom _random = new(stage.Options.Seed, "accounts");
    private readonly List<Account> _all = [];
    private int _opened;

    /// <summary>Opens the accounts that are older than the simulation.</summary>
    public void Begin()
    {
        var before = Math.Max(1, (int)(stage.Options.Users * OpenedBefore));
        for (_opened = 0; _opened < before; _opened++)
            Open(stage.StartAt - _random.Span(TimeSpan.FromMinutes(1), TimeSpan.FromDays(400)));
    }

    public void PlanDay(int day)
    {
        var start = stage.DayStart(day);
        var openedByEvening = _all.Count;
        for (var due = Due(day + 1); _opened < due; _opened++)
            stage.Agenda.Plan(start + _random.Span(TimeSpan.Zero, TimeSpan.FromDays(1)), Open);
        for (var change = _random.Around(openedByEvening * ChangesPerDay); change > 0; change--)
        {
            var account = _all[_random.Below(openedByEvening)];
            stage.Agenda.Plan(start + _random.Span(TimeSpan.Zero, TimeSpan.FromDays(1)), at => Change(account, at));
        }
    }

    /// <summary>Somebody who comes to the shop: the loyal come more often.</summary>
    public Account Visitor(SeededRandom random)
    {
        while (true)
        {
            var account = _all[random.Below(_all.Count)];
            if (!account.IsClosed && random.Chance(account.Loyalty))
                return account;
        }
    }

    /// <summary>Accounts that are opened by the beginning of that day.</summary>
    private int Due(int day)
    {
        var users = Math.Max(1, stage.Options.Users);
        var before = Math.Max(1, (int)(users * OpenedBefore));
        return before + (int)((long)(users - before) * day / stage.Options.Days);
    }

    private void Open(DateTime at)
    {
        var number = _all.Count + 1;
        var first = _random.Below(FirstNames.Length);
        var last = _random.Below(LastNames.Length);
        var unit = _random.Unit();
        var account = new Account
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"u{number:D6}"),
            CreatedAt = at,
            Loyalty = 0.05 + (0.95 * unit * unit),
            IsBuyer = !_random.Chance(NeverOrders),
            PrefersMobile = _random.Chance(0.55),
            IsExported = !_random.Chance(NotExported),
            Name = $"{FirstNames[first]} {LastNames[last]}",
            Email = Email(number),
            Phone = Phone(),
            UpdatedAt = at,
        };
        if (_all.Count > 0 && _random.Chance(SharedEmail))
            account.Email = _all[_random.Below(_all.Count)].Email;
        _all.Add(account);
        if (account.IsExported)
            stage.Facts.Record(new UserFact(account.Id, at));
        Write(account, isChange: true);
    }

    private void Change(Account account, DateTime at)
    {
        if (at <= account.UpdatedAt || account.IsClosed)
            return;

        // The first customer stays: there is always somebody to visit the shop.
        account.IsClosed = account != _all[0] && _random.Chance(ClosesInstead);
        var (name, email, phone) = (account.Name, account.Email, account.Phone);
        switch (_random.Below(10))
        {
            case < 3:
                account.Name = $"{name.Split(' ')[0]} {LastNames[_random.Below(LastNames.Length)]}";
                break;
            case < 6:
                account.Email = Email(_random.Below(1_000_000));
                break;
            case < 8:
                account.Phone = Phone();
                break;
            default:
                break;
        }

        account.UpdatedAt = at;
        Write(account, account.IsClosed || (name, email, phone) != (account.Name, account.Email, account.Phone));
    }

    private void Write(Account account, bool isChange)
    {
        if (!account.IsExported)
            return;
        var row = new UserRow(
            account.Id,
            account.Name,
            account.Email,
            account.Phone,
            account.CreatedAt,
            account.UpdatedAt,
            account.IsClosed);
        stage.Feeds.Users.Deliver(row, account.Timeline, isChange);
    }

    private static string Email(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"customer.{number}@example.com");

    private string Phone() =>
        string.Create(CultureInfo.InvariantCulture, $"+49 30 {_random.Below(10_000_000):D7}");
}
