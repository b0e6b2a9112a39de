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
        business_day(s.started_at) AS day,
        coalesce(s.device_type, '(unknown)') AS device_type,
        s.first_add_to_cart_at IS NOT NULL AS has_cart,
        s.first_checkout_at IS NOT NULL AS has_checkout,
        p.session_id IS NOT NULL AS is_paid
    FROM silver.sessions AS s
    LEFT JOIN paid_sessions AS p ON p.session_id = s.session_id
    WHERE s.started_at IS NOT NULL
)

SELECT
    day,
    device_type,
    count(*) AS sessions,
    count(*) FILTER (WHERE has_cart) AS cart_sessions,
    count(*) FILTER (WHERE has_checkout) AS checkout_sessions,
    count(*) FILTER (WHERE has_cart AND NOT is_paid) AS cart_sessions_unpaid,
    count(*) FILTER (WHERE has_checkout AND NOT is_paid) AS checkout_sessions_unpaid
FROM sessions
GROUP BY day, device_type
