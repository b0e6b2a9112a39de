/*
name: gold.order_lifecycle_daily
grain: [order_day]
what: >
  Where the orders of a day stand now, and how long they took: created to paid and paid to shipped by their
  status, in hours, as nearest-rank median and 90th percentile over the orders that got there. Illegal
  transitions counts the steps that no order should take.
scope: [order_day]
reads:
  gold.orders: order_day
  prep.order_milestones: order_day
*/
WITH counts AS (
    SELECT
        order_day,
        count(*) AS orders,
        count(*) FILTER (WHERE order_status = 'CREATED') AS created,
        count(*) FILTER (WHERE order_status = 'PAID') AS paid,
        count(*) FILTER (WHERE order_status = 'SHIPPED') AS shipped,
        count(*) FILTER (WHERE order_status = 'CANCELLED') AS cancelled,
        count(*) FILTER (WHERE is_cancelled_after_payment) AS cancelled_after_payment
    FROM gold.orders
    WHERE order_day IS NOT NULL
    GROUP BY order_day
),

illegal AS (
    SELECT order_day, cast(coalesce(sum(illegal_transitions), 0) AS bigint) AS illegal_transitions
    FROM prep.order_milestones
    WHERE order_day IS NOT NULL
    GROUP BY order_day
),

durations AS (
    SELECT order_day, 'to_paid' AS step, seconds_to_paid AS seconds
    FROM prep.order_milestones
    WHERE seconds_to_paid IS NOT NULL
    UNION ALL
    SELECT order_day, 'to_shipped', seconds_paid_to_shipped
    FROM prep.order_milestones
    WHERE seconds_paid_to_shipped IS NOT NULL
),

ranked AS (
    SELECT
        order_day,
        step,
        seconds,
        row_number() OVER (PARTITION BY order_day, step ORDER BY seconds NULLS LAST) AS place,
        count(*) OVER (PARTITION BY order_day, step) AS places
    FROM durations
),

percentiles AS (
    SELECT
        order_day,
        max(CASE WHEN step = 'to_paid' AND place = int_div(places + 1, 2) THEN seconds END) AS paid_50,
        max(CASE WHEN step = 'to_paid' AND place = int_div(9 * places + 9, 10) THEN seconds END) AS paid_90,
        max(CASE WHEN step = 'to_shipped' AND place = int_div(places + 1, 2) THEN seconds END) AS shipped_50,
        max(CASE WHEN step = 'to_shipped' AND place = int_div(9 * places + 9, 10) THEN seconds END) AS shipped_90
    FROM ranked
    GROUP BY order_day
)

SELECT
    c.order_day, c.orders, c.created, c.paid, c.shipped, c.cancelled, c.cancelled_after_payment, i.illegal_transitions,
    ratio(c.cancelled, c.orders) AS cancel_rate,
    ratio(p.paid_50, 3600) AS median_hours_to_paid,
    ratio(p.paid_90, 3600) AS p90_hours_to_paid,
    ratio(p.shipped_50, 3600) AS median_hours_paid_to_shipped,
    ratio(p.shipped_90, 3600) AS p90_hours_paid_to_shipped
FROM counts AS c
JOIN illegal AS i ON i.order_day = c.order_day
LEFT JOIN percentiles AS p ON p.order_day = c.order_day
