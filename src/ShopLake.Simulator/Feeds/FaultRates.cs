namespace ShopLake.Simulator.Feeds;

/// <summary>What goes wrong between the shop and its lake.</summary>
public enum Fault
{
    /// <summary>A row comes 1 to 60 days after its time.</summary>
    Late,

    /// <summary>A row comes again, in the same batch or a later one.</summary>
    Duplicate,

    /// <summary>A row stands somewhere else in its file than its time says.</summary>
    OutOfOrder,

    /// <summary>An event of a known user comes without the user's id.</summary>
    MissingUser,

    /// <summary>A visit is timed by a wrong clock.</summary>
    WrongClock,

    /// <summary>A file ends within a record and comes again, whole, in a later batch.</summary>
    TornFile,

    /// <summary>A line that does not have the fields of its file.</summary>
    RaggedLine,

    /// <summary>A row comes with other content than the true one.</summary>
    Conflict,

    /// <summary>A product's category is corrected, dated in the past.</summary>
    CategoryCorrection,

    /// <summary>An order's rows come after its items and payments.</summary>
    OrphanFirst,

    /// <summary>An item or a payment names an order that never comes.</summary>
    OrphanForever,

    /// <summary>A row that a rule keeps out: a negative amount, an unknown word, a time out of bounds.</summary>
    BadRow,

    /// <summary>An event whose word the shop's vocabulary ignores.</summary>
    IgnoredWord,
}

/// <summary>How often each <see cref="Fault"/> happens: a probability from 0 to 1.</summary>
public sealed record FaultRates
{
    /// <summary>Per row.</summary>
    public double Late { get; init; } = 0.02;

    /// <summary>Per row.</summary>
    public double Duplicate { get; init; } = 0.02;

    /// <summary>Per row.</summary>
    public double OutOfOrder { get; init; } = 0.05;

    /// <summary>Per event that has a user.</summary>
    public double MissingUser { get; init; } = 0.05;

    /// <summary>Per visit.</summary>
    public double WrongClock { get; init; } = 0.02;

    /// <summary>Per file.</summary>
    public double TornFile { get; init; } = 0.02;

    /// <summary>Per row.</summary>
    public double RaggedLine { get; init; } = 0.0005;

    /// <summary>Per row.</summary>
    public double Conflict { get; init; } = 0.003;

    /// <summary>Per product and day.</summary>
    public double CategoryCorrection { get; init; } = 0.002;

    /// <summary>Per order.</summary>
    public double OrphanFirst { get; init; } = 0.01;

    /// <summary>Per item and payment.</summary>
    public double OrphanForever { get; init; } = 0.001;

    /// <summary>Per row.</summary>
    public double BadRow { get; init; } = 0.001;

    /// <summary>Per event.</summary>
    public double IgnoredWord { get; init; } = 0.01;

    /// <summary>Feeds without any fault.</summary>
    public static FaultRates None { get; } = All(0);

    /// <summary>The same rate for every fault.</summary>
    public static FaultRates All(double rate) =>
        Enum.GetValues<Fault>().Aggregate(new FaultRates(), (rates, fault) => rates.With(fault, rate));

    /// <summary>These rates, but for one.</summary>
    public FaultRates With(Fault fault, double rate) => fault switch
    {
        Fault.Late => this with { Late = rate },
        Fault.Duplicate => this with { Duplicate = rate },
        Fault.OutOfOrder => this with { OutOfOrder = rate },
        Fault.MissingUser => this with { MissingUser = rate },
        Fault.WrongClock => this with { WrongClock = rate },
        Fault.TornFile => this with { TornFile = rate },
        Fault.RaggedLine => this with { RaggedLine = rate },
        Fault.Conflict => this with { Conflict = rate },
        Fault.CategoryCorrection => this with { CategoryCorrection = rate },
        Fault.OrphanFirst => this with { OrphanFirst = rate },
        Fault.OrphanForever => this with { OrphanForever = rate },
        Fault.BadRow => this with { BadRow = rate },
        Fault.IgnoredWord => this with { IgnoredWord = rate },
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "No such fault."),
    };
}
