/*
name: prep.abandonment_days
grain: [day, device_type]
what: >
  Sessions by the day of their first event and their device, with a view or without: how many had a cart, how many
  a checkout, and how many of those have no paid order attributed to them. Events with a skewed clock take no
  part, so a session of nothing else has no day and is not here.
scope: [day, device_type]
reads:
  silver.sessions: "business_day(started_at), coalesce(device_type, '(unknown)')"
  gold.orders: attributed_session_id = silver.sessions.session_id
*/
WITH paid_sessions AS (
    SELECT DISTINCT attributed_session_id AS session_id
    FROM gold.orders
    WHERE is_paid
        AND attributed_session_id IS NOT NULL
),

sessions AS (
    SELECT
        session_id,
        business_day(started_at) AS day,
        coalesce(device_type, '(unknown)') AS device_type,
        first_add_to_cart_at IS NOT NULL AS has_cart,
        first_checkout_at IS NOT NULL AS has_checkout
    FROM silver.sessions
    WHERE started_at IS NOT NULL
),

totals AS (
    SELECT
        day,
        device_type,
        count(*) AS sessions,
        count(*) FILTER (WHERE has_cart) AS cart_sessions,
        count(*) FILTER (WHERE has_checkout) AS checkout_sessions
    FROM sessions
    GROUP BY day, device_type
),

-- From the few paid sessions to all: the other way round a planner may pass all the paid ones for each session.
paid AS (
    SELECT
        s.day,
        s.device_type,
        count(*) FILTER (WHERE s.has_cart) AS cart_sessions,
        count(*) FILTER (WHERE s.has_checkout) AS checkout_sessions
    FROM paid_sessions AS p
    INNER JOIN sessions AS s ON s.session_id = p.session_id
    GROUP BY s.day, s.device_type
)

SELECT
    t.day,
    t.device_type,
    t.sessions,
    t.cart_sessions,
    t.checkout_sessions,
    t.cart_sessions - coalesce(p.cart_sessions, 0) AS cart_sessions_unpaid,
    t.checkout_sessions - coalesce(p.checkout_sessions, 0) AS checkout_sessions_unpaid
FROM totals AS t
LEFT JOIN paid AS p ON p.day = t.day AND p.device_type = t.device_type
