/*
name: gold.payment_health_daily
grain: [day]
what: >
  How well paying works, by the day of each ledger entry. An attempt is a success or a failure; by order, the
  orders with a success that day over the orders that tried. An order is recovered on the day of its first
  success when an attempt had failed by then, on whatever day. Days to refund are business days since the money
  was captured; the median is the nearest rank.
scope: [day]
reads:
  prep.payment_entries: day
*/
WITH counts AS (
    SELECT
        day,
        count(*) FILTER (WHERE payment_status IN ('SUCCESS', 'FAILED')) AS attempts,
        count(*) FILTER (WHERE payment_status = 'SUCCESS') AS successes,
        count(*) FILTER (WHERE payment_status = 'FAILED') AS failures,
        count(DISTINCT order_id) FILTER (WHERE payment_status IN ('SUCCESS', 'FAILED')) AS orders_attempted,
        count(DISTINCT order_id) FILTER (WHERE payment_status = 'SUCCESS') AS orders_succeeded,
        count(DISTINCT order_id) FILTER (WHERE payment_status = 'SUCCESS' AND is_first_paid_day AND is_recovered_order)
            AS orders_recovered,
        count(*) FILTER (WHERE payment_status = 'REFUNDED') AS refunds
    FROM prep.payment_entries
    GROUP BY day
),

ranked AS (
    SELECT
        day,
        days_to_refund,
        row_number() OVER (PARTITION BY day ORDER BY days_to_refund NULLS LAST) AS place,
        count(*) OVER (PARTITION BY day) AS places
    FROM prep.payment_entries
    WHERE days_to_refund IS NOT NULL
),

medians AS (
    SELECT day, max(days_to_refund) AS median_days_to_refund
    FROM ranked
    WHERE place = int_div(places + 1, 2)
    GROUP BY day
)

SELECT
    c.day,
    c.attempts,
    c.successes,
    c.failures,
    c.orders_attempted,
    c.orders_succeeded,
    c.orders_recovered,
    c.refunds,
    ratio(c.successes, c.attempts) AS attempt_success_rate,
    ratio(c.orders_succeeded, c.orders_attempted) AS order_success_rate,
    m.median_days_to_refund
FROM counts AS c
LEFT JOIN medians AS m ON m.day = c.day
