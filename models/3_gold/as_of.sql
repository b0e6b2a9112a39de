/*
name: gold.as_of
grain: []
what: >
  The data clock, always one row: up to when these numbers speak. It is the greatest instant that the shop itself
  reported: a status of an order, a payment, or an event whose clock is not skewed. No table asks the wall clock.
*/
WITH instants AS (
    SELECT max(status_at) AS last_at FROM silver.order_status_history
    UNION ALL
    SELECT max(payment_at) FROM silver.payments
    UNION ALL
    SELECT max(ended_at) FROM silver.sessions
    UNION ALL
    SELECT max(event_at) FROM silver.events WHERE session_id IS NULL AND NOT is_clock_skewed
),

clock AS (
    SELECT max(last_at) AS as_of_at
    FROM instants
)

SELECT
    c.as_of_at,
    business_day(c.as_of_at) AS as_of_day,
    l.ledger_sequence
FROM clock AS c
CROSS JOIN config.lake AS l
