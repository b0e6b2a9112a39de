/*
name: gold.as_of
grain: []
what: >
  The data clock, always one row: up to when these numbers speak. It is the greatest instant that the shop itself
  reported: a status of an order, a payment, or an event whose clock is not skewed. No table asks the wall clock.
*/
WITH reports AS (
    SELECT max(status_at) AS last_at FROM silver.order_status_history
    UNION ALL
    SELECT max(payment_at) FROM silver.payments
    UNION ALL
    SELECT max(ended_at) FROM silver.sessions
),

known AS (
    SELECT
        max(last_at) AS last_at,
        coalesce(plus_seconds(max(last_at), -skew_tolerance_seconds()), as_utc('0001-01-01 00:00:00')) AS since_at
    FROM reports
),

-- A clock is believed up to the tolerance beyond its arrival: no event is later than an instant before which it arrived by more.
clock AS (
    SELECT last_at AS as_of_at
    FROM known
    UNION ALL
    SELECT max(e.event_at)
    FROM known AS k
    INNER JOIN silver.events AS e ON e.ingested_at >= k.since_at
    WHERE e.session_id IS NULL
        AND NOT e.is_clock_skewed
),

latest AS (
    SELECT max(as_of_at) AS as_of_at
    FROM clock
)

SELECT
    c.as_of_at,
    business_day(c.as_of_at) AS as_of_day,
    l.ledger_sequence
FROM latest AS c
CROSS JOIN config.lake AS l
