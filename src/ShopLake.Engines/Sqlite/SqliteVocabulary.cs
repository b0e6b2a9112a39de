using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace ShopLake.Engines.Sqlite;

/// <summary>
/// The functions of the models, registered on a connection: the same names, the same results as
/// <c>models/engines/duckdb.sql</c>. All are deterministic; all but a few give NULL for a NULL. What does not fit 64
/// bits is an error.
/// </summary>
internal sealed class SqliteVocabulary
{
    private static readonly string[] NoFunctions = ["revision", "minor_divisor", "reporting_zone"];

    private readonly SqliteConnection _connection;
    private readonly SqliteZone _zone;
    private readonly long _minorDivisor;

    private SqliteVocabulary(SqliteConnection connection, IReadOnlyDictionary<string, object> settings)
    {
        _connection = connection;
        _zone = new SqliteZone((string)settings["reporting_zone"]);
        _minorDivisor = (long)settings["minor_divisor"];
    }

    /// <param name="connection">The connection that learns.</param>
    /// <param name="settingsRow">SELECT of the settings: <c>models/engines/sqlite.sql</c>, filled in.</param>
    public static void Teach(SqliteConnection connection, string settingsRow)
    {
        var settings = Settings(connection, settingsRow);
        foreach ((string name, object value) in settings.Where(setting => !NoFunctions.Contains(setting.Key)))
        {
            connection.CreateFunction(name, () => value, isDeterministic: true);
        }

        var vocabulary = new SqliteVocabulary(connection, settings);
        vocabulary.AddMoney();
        vocabulary.AddText();
        vocabulary.AddInstants();
        vocabulary.AddDays();
        vocabulary.AddArithmetic();
        connection.CreateCollation(SqliteText.AmountCollation, CompareAmounts);
    }

    private static Dictionary<string, object> Settings(SqliteConnection connection, string settingsRow)
    {
        using var command = connection.CreateCommand();
        command.CommandText = settingsRow;
        using var row = command.ExecuteReader();
        row.Read();
        return Enumerable.Range(0, row.FieldCount).ToDictionary(row.GetName, row.GetValue, StringComparer.Ordinal);
    }

    private void AddMoney()
    {
        Add<string?, long?>("to_minor", amount => amount is null || TenThousandths(amount) % _minorDivisor != 0
            ? null
            : TenThousandths(amount) / _minorDivisor);
        Add<string?, long?>("fits_minor", amount =>
            amount is null ? null : Flag(TenThousandths(amount) % _minorDivisor == 0));
    }

    private void AddText()
    {
        Add<object?, string?>("as_text", value => value switch
        {
            DBNull or null => null,
            string text => SqliteInstant.Short(text),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        });
        Add<string?, string?>("upper", text => text?.ToUpperInvariant());
        Add<string?, string?, string?>("json_text", JsonText);
        Add<long?, string?, string?, string?>("unread", (isMissing, rescued, name) =>
            isMissing is not (null or 0) && JsonText(rescued, name) is { } text
                ? $"{name} '{text}' could not be read; "
                : "");
    }

    private void AddInstants()
    {
        Add<string?, string?>("as_utc", text => text is null ? null : SqliteInstant.Text(SqliteInstant.Parse(text)));
        Add<string?, string?>("local_time", at =>
            at is null ? null : SqliteInstant.Text(_zone.LocalTime(SqliteInstant.Parse(at))));
        Add<string?, string?>("business_day", at => at is null ? null : Day(_zone.LocalTime(SqliteInstant.Parse(at))));
        Add<string?, string?>("day_start", day =>
            day is null ? null : SqliteInstant.Text(_zone.DayStart(SqliteInstant.ParseDay(day))));
        Add<string?, long?, string?>("plus_seconds", (at, seconds) => at is null || seconds is null
            ? null
            : SqliteInstant.Text(SqliteInstant.Plus(SqliteInstant.Parse(at), TimeSpan.FromSeconds(seconds.Value))));
        Add<string?, string?, long?>("micros_between", MicrosBetween);
        Add<string?, string?, long?>("seconds_between", (a, b) => MicrosBetween(a, b) / 1_000_000);
    }

    private void AddDays()
    {
        Add<string?, string?>("as_day", text => text is null ? null : SqliteInstant.Text(SqliteInstant.ParseDay(text)));
        Add<string?, string?>("week_of", day =>
            day is null ? null : SqliteInstant.Text(Monday(SqliteInstant.ParseDay(day))));
        Add<string?, string?>("month_of", day =>
            day is null ? null : SqliteInstant.Text(First(SqliteInstant.ParseDay(day))));
        Add<string?, long?, string?>("plus_days", (day, n) => day is null || n is null
            ? null
            : SqliteInstant.Text(SqliteInstant.ParseDay(day).AddDays(checked((int)n.Value))));
        Add<string?, long?, string?>("plus_months", (day, n) => day is null || n is null
            ? null
            : SqliteInstant.Text(SqliteInstant.ParseDay(day).AddMonths(checked((int)n.Value))));
        Add<string?, string?, long?>("days_between", (a, b) => a is null || b is null
            ? null
            : SqliteInstant.ParseDay(b).DayNumber - SqliteInstant.ParseDay(a).DayNumber);
        Add<string?, string?, long?>("months_diff", (a, b) => a is null || b is null
            ? null
            : Months(SqliteInstant.ParseDay(b)) - Months(SqliteInstant.ParseDay(a)));
    }

    private void AddArithmetic()
    {
        Add<object?, object?, long?>("int_div", (a, b) => IsNothing(Whole(b)) ? null : Fit(Whole(a) / Whole(b)));
        Add<object?, object?, double?>("ratio", (a, b) => Real(b) is null or 0 ? null : Real(a) / Real(b));
        Add<object?, object?, long?>("round_div", (a, b) =>
            IsNothing(Whole(b)) ? null : Fit(RoundDiv(Whole(a), Whole(b)!.Value)));
        Add<object?, object?, object?, long?>("mul_div", (a, b, c) =>
            IsNothing(Whole(c)) ? null : Fit(Whole(a) * Whole(b) / Whole(c)));
        Add<object?, object?, object?, long?>("mul_mod", (a, b, c) =>
            IsNothing(Whole(c)) ? null : Fit(Whole(a) * Whole(b) % Whole(c)));
        Add<string?, long?, long?>("hash_part", (text, part) =>
            text is null || part is null ? null : HashPart(text, (int)part.Value));
        _connection.CreateFunction("greatest", (object?[] values) => Extreme(values, 1), isDeterministic: true);
        _connection.CreateFunction("least", (object?[] values) => Extreme(values, -1), isDeterministic: true);
    }

    private void Add<T1, TResult>(string name, Func<T1, TResult> function) =>
        _connection.CreateFunction(name, function, isDeterministic: true);

    private void Add<T1, T2, TResult>(string name, Func<T1, T2, TResult> function) =>
        _connection.CreateFunction(name, function, isDeterministic: true);

    private void Add<T1, T2, T3, TResult>(string name, Func<T1, T2, T3, TResult> function) =>
        _connection.CreateFunction(name, function, isDeterministic: true);

    private static long Flag(bool flag) => flag ? 1 : 0;

    private static long TenThousandths(string amount) =>
        (long)(decimal.Parse(amount, NumberStyles.Number, CultureInfo.InvariantCulture) * 10_000);

    /// <summary>A comparison may not fail, so what is no amount stands by its characters.</summary>
    private static int CompareAmounts(string a, string b) =>
        decimal.TryParse(a, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal x)
        && decimal.TryParse(b, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal y)
            ? x.CompareTo(y)
            : string.CompareOrdinal(a, b);

    private static string? JsonText(string? json, string? key) =>
        json is null || key is null ? null : SqliteJson.Field(json, key);

    private static string Day(DateTime instant) => SqliteInstant.Text(DateOnly.FromDateTime(instant));

    private static long? MicrosBetween(string? a, string? b) => a is null || b is null
        ? null
        : (SqliteInstant.Parse(b).Ticks - SqliteInstant.Parse(a).Ticks) / TimeSpan.TicksPerMicrosecond;

    private static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    private static DateOnly First(DateOnly day) => new(day.Year, day.Month, 1);

    private static long Months(DateOnly day) => (12 * day.Year) + day.Month;

    /// <summary>Half away from zero.</summary>
    private static Int128? RoundDiv(Int128? a, Int128 b)
    {
        if (a is null)
        {
            return null;
        }

        Int128 size = ((2 * Int128.Abs(a.Value)) + Int128.Abs(b)) / (2 * Int128.Abs(b));
        return (a < 0) == (b < 0) ? size : -size;
    }

    /// <summary>
    /// A sum that left 64 bits has become a fraction in SQLite; it is not silently taken for a number.
    /// </summary>
    private static Int128? Whole(object? value) => value switch
    {
        DBNull or null => null,
        long number => number,
        double real when Math.Abs(real) < long.MaxValue && Math.Floor(real) == real => (long)real,
        _ => throw new OverflowException($"{value} is not a whole number of 64 bits."),
    };

    private static bool IsNothing(Int128? divisor) => divisor is null || divisor == 0;

    private static long? Fit(Int128? number) => checked((long?)number);

    private static double? Real(object? value) => value switch
    {
        DBNull or null => null,
        _ => Convert.ToDouble(value, CultureInfo.InvariantCulture),
    };

    /// <summary>Of numbers, or of texts by their bytes; NULL is left out.</summary>
    private static object? Extreme(object?[] values, int sign) => values
        .Where(value => value is not (null or DBNull))
        .Aggregate((object?)null, (best, value) => best is null || sign * Compare(value!, best) > 0 ? value : best);

    private static int Compare(object a, object b) => (a, b) switch
    {
        (long x, long y) => x.CompareTo(y),
        (string x, string y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y)),
        _ => Convert.ToDouble(a, CultureInfo.InvariantCulture)
            .CompareTo(Convert.ToDouble(b, CultureInfo.InvariantCulture)),
    };

    [SuppressMessage("Security", "CA5351",
        Justification = "Tells rows apart; nobody is kept out by it, and every engine has it.")]
    private static long HashPart(string text, int part)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash[(4 * part)..]);
    }
}
