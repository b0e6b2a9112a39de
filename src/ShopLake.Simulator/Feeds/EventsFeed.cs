using ShopLake.Simulator.Books;

namespace ShopLake.Simulator.Feeds;

/// <summary>
/// The stream of what visitors do, as the server receives it: JSON lines, a file a day. The only feed whose rows do
/// not say the truth itself (clocks, missing users), so it tells the books what each event's first delivery says.
/// </summary>
internal sealed class EventsFeed(FeedContext context)
{
    private static readonly string[] Words = ["view", "add_to_cart", "checkout"];

    private static readonly TimeSpan[] Edges =
    [
        TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromHours(24), TimeSpan.FromDays(7),
    ];

    private readonly LineText _line = new();
    private string? _session;
    private ClientClock _clock;

    public Feed Feed { get; } = new(context, "events", "jsonl", header: null);

    public void Deliver(in VisitRow visit)
    {
        if (visit.SessionId != _session)
        {
            _session = visit.SessionId;
            _clock = context.Strikes(Fault.WrongClock, context.Rates.WrongClock)
                ? ClientClock.Wrong(context.Random)
                : ClientClock.Right;
        }

        var received = visit.At + Delay();
        var isMissing = visit.UserId is not null && context.Strikes(Fault.MissingUser, context.Rates.MissingUser);
        var sent = new Sent(
            visit.EventId,
            visit.SessionId,
            isMissing ? null : visit.UserId,
            Words[(int)visit.Type],
            _clock.Read(visit.At, received),
            visit.Device,
            isMissing);
        var first = Place(sent, received, mayTear: true);
        var duplicates = first.Rows - 1 + DeliverAgain(sent, received, first);
        var conflicting = DeliverOtherwise(sent, received, first, visit.Type);
        Judge(sent, visit.Type, received, duplicates, conflicting);
        DeliverCompanions(sent, received);
    }

    /// <summary>From the device to the server: seconds as a rule, minutes now and then; late, up to 60 days.</summary>
    private TimeSpan Delay()
    {
        if (context.Strikes(Fault.Late, context.Rates.Late))
        {
            return context.Random.Below(10) switch
            {
                0 => context.Random.Pick<TimeSpan>(Edges),
                < 4 => context.Random.Span(TimeSpan.FromHours(1), TimeSpan.FromHours(24)),
                < 7 => context.Random.Span(TimeSpan.FromHours(24), TimeSpan.FromDays(7)),
                _ => context.Random.Span(TimeSpan.FromDays(7), TimeSpan.FromDays(60)),
            };
        }

        var unit = context.Random.Unit();
        unit *= unit;
        unit *= unit;
        unit *= unit;
        return TimeSpan.FromTicks((30_000 + (long)(unit * 1_200_000_000)) * 10);
    }

    /// <summary>The device sends again what it believes to be lost.</summary>
    private int DeliverAgain(in Sent sent, DateTime received, Placement first)
    {
        if (!context.Strikes(Fault.Duplicate, context.Rates.Duplicate))
            return 0;
        var again = received + context.Random.Wait(TimeSpan.FromSeconds(1), TimeSpan.FromDays(14));

        // The first delivery counts; where the files would not keep the order, both are the very same line.
        var isClearlyLater = context.Calendar.BatchOf(again) > first.FirstBatch;
        return Place(sent, isClearlyLater ? again : received).Rows;
    }

    /// <summary>The same event with another word, in a later batch than the first.</summary>
    private int DeliverOtherwise(in Sent sent, DateTime received, Placement first, EventType type)
    {
        if (!context.Strikes(Fault.Conflict, context.Rates.Conflict))
            return 0;
        var other = sent with { Word = Words[((int)type + 1) % Words.Length] };
        var after = context.Calendar.Start(first.FirstBatch + 1) + received.TimeOfDay;
        return Place(other, after).Rows;
    }

    /// <summary>What became of the rows, and what the books must know of the event.</summary>
    private void Judge(in Sent sent, EventType type, DateTime received, int duplicates, int conflicting)
    {
        if (sent.At.Year < 2000)
        {
            context.Quarantined(Feed.Table, Rules.TimeBounds, sent.EventId, null, 1 + duplicates + conflicting);
            return;
        }

        // The same other word twice: the first of them is in conflict, the second says nothing new.
        var repeated = duplicates + Math.Max(0, conflicting - 1);
        conflicting = Math.Min(1, conflicting);
        context.Became(Feed.Table, Disposition.Used, 1);
        context.Became(Feed.Table, Disposition.Duplicate, repeated);
        context.Became(Feed.Table, Disposition.Superseded, conflicting);
        context.Facts.Record(new EventFact(
            sent.EventId,
            sent.SessionId,
            sent.UserId,
            type,
            sent.At,
            received,
            sent.Device is "tablet" ? "mobile" : sent.Device,
            repeated,
            conflicting));
    }

    /// <summary>Lines that are no events of the shop: ignored, bad and broken ones.</summary>
    private void DeliverCompanions(in Sent sent, DateTime received)
    {
        if (context.Strikes(Fault.IgnoredWord, context.Rates.IgnoredWord))
        {
            var placed = Place(
                sent with { EventId = sent.EventId + "-h", Word = "heartbeat", At = received }, received);
            context.Became(Feed.Table, Disposition.Ignored, placed.Rows);
        }

        if (context.Strikes(Fault.BadRow, context.Rates.BadRow))
        {
            var bad = sent with { EventId = sent.EventId + "-b", Word = "hover", At = received };
            context.Quarantined(Feed.Table, Rules.AcceptedValues, bad.EventId, null, Place(bad, received).Rows);
        }

        if (context.Strikes(Fault.RaggedLine, context.Rates.RaggedLine))
        {
            Write(sent, received);
            _line.Length -= context.Random.Between(2, _line.Length - 1);
            Feed.PlaceRagged(context.Calendar.BatchOf(received), received, _line.Raw((byte)'\n').Written);
        }
    }

    private Placement Place(in Sent sent, DateTime received, bool mayTear = false)
    {
        Write(sent, received);
        return Feed.Place(context.Calendar.BatchOf(received), received, _line.Written, mayTear);
    }

    private void Write(in Sent sent, DateTime received)
    {
        _line.Clear().Raw("{\"event_id\":\""u8).Text(sent.EventId).Raw((byte)'"');
        if (sent.UserId is null && !sent.LacksUserField)
            _line.Raw(",\"user_id\":null"u8);
        if (sent.UserId is not null)
            _line.Raw(",\"user_id\":\""u8).Text(sent.UserId).Raw((byte)'"');
        if (sent.SessionId is not null)
            _line.Raw(",\"session_id\":\""u8).Text(sent.SessionId).Raw((byte)'"');
        _line.Raw(",\"event_type\":\""u8).Text(sent.Word);
        _line.Raw("\",\"event_ts\":\""u8).IsoTime(sent.At).Raw((byte)'"');
        if (sent.Device is null)
            _line.Raw(",\"device_type\":null"u8);
        else
            _line.Raw(",\"device_type\":\""u8).Text(sent.Device).Raw((byte)'"');
        _line.Raw(",\"received_at\":\""u8).IsoTime(received).Raw("\"}\n"u8);
    }

    /// <summary>An event as the device sends it.</summary>
    /// <param name="LacksUserField">The line does not even have the field.</param>
    private readonly record struct Sent(
        string EventId,
        string? SessionId,
        string? UserId,
        string Word,
        DateTime At,
        string? Device,
        bool LacksUserField);
}
