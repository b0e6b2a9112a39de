/*
name: prep.session_funnels
grain: [session_id]
what: >
  One row for each session with a view: the funnel starts at its first view, whose day and device it carries. The
  cart is the first at or after that view, the checkout the first at or after the cart, both within the funnel
  window of the view. It is paid when it reached a checkout and a paid order is attributed to the session; the
  earliest payment counts. Events with a skewed clock take no part.
scope: [session_id]
reads:
  silver.events: session_id
  silver.sessions: session_id
  gold.orders: attributed_session_id
*/
WITH views AS (
    SELECT
        e.session_id,
        e.event_at AS viewed_at,
        coalesce(e.device_type, '(unknown)') AS device_type,
        row_number() OVER (PARTITION BY e.session_id ORDER BY e.event_id NULLS LAST) AS place
    FROM silver.sessions AS s
    JOIN silver.events AS e ON e.session_id = s.session_id AND e.event_at = s.first_view_at
    WHERE e.event_type = 'view'
        AND NOT e.is_clock_skewed
),

entries AS (
    SELECT session_id, viewed_at, device_type, plus_seconds(viewed_at, funnel_window_seconds()) AS ends_at
    FROM views
    WHERE place = 1
),

carts AS (
    SELECT e.session_id, e.ends_at, min(s.event_at) AS carted_at
    FROM entries AS e
    JOIN silver.events AS s ON s.session_id = e.session_id AND s.event_at >= e.viewed_at AND s.event_at <= e.ends_at
    WHERE s.event_type = 'add_to_cart'
        AND NOT s.is_clock_skewed
    GROUP BY e.session_id, e.ends_at
),

checkouts AS (
    SELECT c.session_id, min(s.event_at) AS checked_out_at
    FROM carts AS c
    JOIN silver.events AS s ON s.session_id = c.session_id AND s.event_at >= c.carted_at AND s.event_at <= c.ends_at
    WHERE s.event_type = 'checkout'
        AND NOT s.is_clock_skewed
    GROUP BY c.session_id
),

payments AS (
    SELECT attributed_session_id AS session_id, min(first_paid_at) AS paid_at
    FROM gold.orders
    WHERE is_paid
        AND attributed_session_id IS NOT NULL
    GROUP BY attributed_session_id
)

SELECT
    e.session_id,
    business_day(e.viewed_at) AS day,
    e.device_type,
    e.viewed_at,
    c.carted_at,
    k.checked_out_at,
    CASE WHEN k.checked_out_at IS NOT NULL THEN p.paid_at END AS paid_at
FROM entries AS e
LEFT JOIN carts AS c ON c.session_id = e.session_id
LEFT JOIN checkouts AS k ON k.session_id = e.session_id
LEFT JOIN payments AS p ON p.session_id = e.session_id
