namespace ShopLake.Simulator.Books;

/// <summary>A step that someone took, seen by a clock that can be trusted.</summary>
/// <param name="EventId">Orders steps of one instant, by its bytes.</param>
internal readonly record struct Step(DateTime At, EventType Type, string DeviceType, string EventId);

/// <summary>A visit: its steps by time, at least one.</summary>
/// <param name="UserId">Whom the visit turned out to be; NULL where nobody signed in.</param>
internal sealed record BookSession(string SessionId, string? UserId, IReadOnlyList<Step> Steps)
{
    public bool Has(EventType type) => Steps.Any(step => step.Type == type);
}

/// <summary>All events, put together to visits and to what each user did.</summary>
internal sealed class BehaviourLedger
{
    /// <summary>Stands for a device that the event does not name.</summary>
    public const string UnknownDevice = "(unknown)";

    private readonly FactStore _facts;
    private readonly BookOptions _options;
    private readonly int[] _userBySession;

    public BehaviourLedger(FactStore facts, BookOptions options)
    {
        (_facts, _options) = (facts, options);
        _userBySession = UsersOfSessions();
        Sessions = [.. Timelines(facts.Sessions.Count, fact => fact.Session)
            .Select(timeline => new BookSession(
                facts.Sessions[timeline.Number], UserName(_userBySession[timeline.Number]), timeline.Steps))];
        Users = [.. Timelines(facts.EventUsers.Count, ResolvedUser)
            .Select(timeline => (facts.EventUsers[timeline.Number], timeline.Steps))];
        LastAt = facts.Events.Where(fact => !IsSkewed(fact)).Select(fact => (DateTime?)fact.At).Max();
    }

    /// <summary>Visits with at least one step.</summary>
    public IReadOnlyList<BookSession> Sessions { get; }

    /// <summary>Everyone who was recognised, with their steps by time across visits and devices.</summary>
    public IReadOnlyList<(string UserId, IReadOnlyList<Step> Steps)> Users { get; }

    /// <summary>Time of the last step; NULL without steps.</summary>
    public DateTime? LastAt { get; }

    public IReadOnlyList<BookEvent> Events => _facts.Events;

    /// <summary>The client's clock runs ahead of the server's by more than what a clock may.</summary>
    public bool IsSkewed(in BookEvent fact) => fact.At - fact.IngestedAt > _options.SkewTolerance;

    /// <summary>The event's own user, else its session's.</summary>
    public bool HasUser(in BookEvent fact) => ResolvedUser(fact) >= 0;

    private int ResolvedUser(BookEvent fact) =>
        fact.User >= 0 ? fact.User : fact.Session >= 0 ? _userBySession[fact.Session] : -1;

    private string? UserName(int number) => number < 0 ? null : _facts.EventUsers[number];

    /// <summary>Per session the user of its last step that names one; of two at one instant, the greater id.</summary>
    private int[] UsersOfSessions()
    {
        var users = new int[_facts.Sessions.Count];
        Array.Fill(users, -1);
        var lastAt = new DateTime[users.Length];
        foreach (var fact in _facts.Events)
            if (fact.Session >= 0 && fact.User >= 0 && !IsSkewed(fact) && IsLater(fact))
                (users[fact.Session], lastAt[fact.Session]) = (fact.User, fact.At);
        return users;

        bool IsLater(in BookEvent fact) => fact.At != lastAt[fact.Session]
            ? fact.At > lastAt[fact.Session]
            : ByteOrder.Instance.Compare(UserName(fact.User), UserName(users[fact.Session])) > 0;
    }

    /// <summary>Steps by time for each of the numbers that have any; -1 is nobody's.</summary>
    private IEnumerable<(int Number, IReadOnlyList<Step> Steps)> Timelines(int count, Func<BookEvent, int> numberOf)
    {
        // One array for all, in which each number has its stretch: there are millions of steps, and few in each.
        var ends = new int[count];
        foreach (var fact in _facts.Events)
            if (!IsSkewed(fact) && numberOf(fact) is >= 0 and var number)
                ends[number]++;
        for (var number = 1; number < count; number++)
            ends[number] += ends[number - 1];
        var steps = new Step[count == 0 ? 0 : ends[^1]];
        var starts = (int[])ends.Clone();
        foreach (var fact in _facts.Events)
            if (!IsSkewed(fact) && numberOf(fact) is >= 0 and var number)
                steps[--starts[number]] = new(fact.At, fact.Type, fact.DeviceType ?? UnknownDevice, fact.EventId);
        for (var number = 0; number < count; number++)
            if (starts[number] < ends[number])
            {
                var stretch = new ArraySegment<Step>(steps, starts[number], ends[number] - starts[number]);
                stretch.AsSpan().Sort((a, b) => a.At != b.At
                    ? a.At.CompareTo(b.At)
                    : ByteOrder.Instance.Compare(a.EventId, b.EventId));
                yield return (number, stretch);
            }
    }
}
