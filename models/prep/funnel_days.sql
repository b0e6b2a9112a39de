/*
name: prep.funnel_days
grain: [day, device_type, unit]
what: >
  The funnels of sessions and of users, counted by the day and device of their first view, with the median
  seconds of each step (nearest rank, over the funnels that took the step). A payment before the checkout took 0.
scope: [day, device_type, unit]
reads:
  prep.session_funnels: "day, device_type, 'session'"
  prep.user_funnels: "day, device_type, 'user'"
*/
WITH funnels AS (
    SELECT 'session' AS unit, day, device_type, viewed_at, carted_at, checked_out_at, paid_at
    FROM prep.session_funnels
    UNION ALL
    SELECT 'user', day, device_type, viewed_at, carted_at, checked_out_at, paid_at
    FROM prep.user_funnels
),

counts AS (
    SELECT
        day,
        device_type,
        unit,
        count(*) AS viewed,
        count(carted_at) AS carted,
        count(checked_out_at) AS checked_out,
        count(paid_at) AS paid
    FROM funnels
    GROUP BY day, device_type, unit
),

durations AS (
    SELECT day, device_type, unit, 'cart' AS step, seconds_between(viewed_at, carted_at) AS seconds
    FROM funnels
    WHERE carted_at IS NOT NULL
    UNION ALL
    SELECT day, device_type, unit, 'checkout', seconds_between(carted_at, checked_out_at)
    FROM funnels
    WHERE checked_out_at IS NOT NULL
    UNION ALL
    SELECT day, device_type, unit, 'paid',
        CASE WHEN paid_at > checked_out_at THEN seconds_between(checked_out_at, paid_at) ELSE 0 END
    FROM funnels
    WHERE paid_at IS NOT NULL
),

ranked AS (
    SELECT
        day,
        device_type,
        unit,
        step,
        seconds,
        row_number() OVER (PARTITION BY day, device_type, unit, step ORDER BY seconds NULLS LAST) AS place,
        count(*) OVER (PARTITION BY day, device_type, unit, step) AS places
    FROM durations
),

medians AS (
    SELECT
        day,
        device_type,
        unit,
        max(CASE WHEN step = 'cart' THEN seconds END) AS median_seconds_view_to_cart,
        max(CASE WHEN step = 'checkout' THEN seconds END) AS median_seconds_cart_to_checkout,
        max(CASE WHEN step = 'paid' THEN seconds END) AS median_seconds_checkout_to_paid
    FROM ranked
    WHERE place = int_div(places + 1, 2)
    GROUP BY day, device_type, unit
)

SELECT
    c.day, c.device_type, c.unit, c.viewed, c.carted, c.checked_out, c.paid,
    m.median_seconds_view_to_cart, m.median_seconds_cart_to_checkout, m.median_seconds_checkout_to_paid
FROM counts AS c
LEFT JOIN medians AS m ON m.day = c.day AND m.device_type = c.device_type AND m.unit = c.unit
