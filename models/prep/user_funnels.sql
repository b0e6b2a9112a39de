/*
name: prep.user_funnels
grain: [user_id, day]
what: >
  One row for each resolved user and day with a view: the funnel starts at the day's first view, whose device it
  carries, and follows the user across sessions, devices and midnight. Cart and checkout as in session funnels. It
  is paid by the user's paid orders made from the skew tolerance before its checkout to one window after it; the
  earliest payment counts. A late step may serve the funnels of two days.
scope: [user_id]
timeline:
  at: viewed_at
  during:
    silver.events: plus_seconds(event_at, -funnel_window_seconds()) to event_at
    gold.orders: plus_seconds(created_at, -2 * funnel_window_seconds()) to plus_seconds(created_at, skew_tolerance_seconds())
reads:
  silver.events: resolved_user_id
  gold.orders: user_id
*/
WITH views AS (
    SELECT resolved_user_id AS user_id, business_day(event_at) AS day, event_id, event_at, device_type
    FROM silver.events
    WHERE event_type = 'view'
        AND resolved_user_id IS NOT NULL
        AND NOT is_clock_skewed
),

ranked AS (
    SELECT
        user_id,
        day,
        event_at AS viewed_at,
        coalesce(device_type, '(unknown)') AS device_type,
        row_number() OVER (PARTITION BY user_id, day ORDER BY event_at NULLS LAST, event_id NULLS LAST) AS place
    FROM views
),

entries AS (
    SELECT user_id, day, viewed_at, device_type, plus_seconds(viewed_at, funnel_window_seconds()) AS ends_at
    FROM ranked
    WHERE place = 1
),

carts AS (
    SELECT e.user_id, e.day, e.ends_at, min(s.event_at) AS carted_at
    FROM entries AS e
    JOIN silver.events AS s
        ON s.resolved_user_id = e.user_id AND s.event_at >= e.viewed_at AND s.event_at <= e.ends_at
    WHERE s.event_type = 'add_to_cart'
        AND NOT s.is_clock_skewed
    GROUP BY e.user_id, e.day, e.ends_at
),

checkouts AS (
    SELECT c.user_id, c.day, min(s.event_at) AS checked_out_at
    FROM carts AS c
    JOIN silver.events AS s
        ON s.resolved_user_id = c.user_id AND s.event_at >= c.carted_at AND s.event_at <= c.ends_at
    WHERE s.event_type = 'checkout'
        AND NOT s.is_clock_skewed
    GROUP BY c.user_id, c.day
),

payments AS (
    SELECT c.user_id, c.day, min(o.first_paid_at) AS paid_at
    FROM checkouts AS c
    JOIN gold.orders AS o ON o.user_id = c.user_id
        AND o.created_at >= plus_seconds(c.checked_out_at, -skew_tolerance_seconds())
        AND o.created_at <= plus_seconds(c.checked_out_at, funnel_window_seconds())
    WHERE o.is_paid
    GROUP BY c.user_id, c.day
)

SELECT e.user_id, e.day, e.device_type, e.viewed_at, c.carted_at, k.checked_out_at, p.paid_at
FROM entries AS e
LEFT JOIN carts AS c ON c.user_id = e.user_id AND c.day = e.day
LEFT JOIN checkouts AS k ON k.user_id = e.user_id AND k.day = e.day
LEFT JOIN payments AS p ON p.user_id = e.user_id AND p.day = e.day
