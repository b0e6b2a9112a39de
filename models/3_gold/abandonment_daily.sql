/*
name: gold.abandonment_daily
grain: [day, device_type]
what: >
  Carts and checkouts that no paid order followed: sessions by the day of their first event and their device. A
  session is paid when a paid order is attributed to it. The unpaid counts and their rates are unknown until two
  funnel windows have passed since the end of the day.
scope: [day, device_type]
reads:
  prep.abandonment_days: day, device_type
  gold.as_of: all
*/
WITH days AS (
    SELECT
        a.day,
        a.device_type,
        a.sessions,
        a.cart_sessions,
        a.checkout_sessions,
        a.cart_sessions_unpaid,
        a.checkout_sessions_unpaid,
        plus_seconds(day_start(plus_days(a.day, 1)), 2 * funnel_window_seconds()) <= c.as_of_at AS is_over
    FROM prep.abandonment_days AS a
    CROSS JOIN gold.as_of AS c
)

SELECT
    day,
    device_type,
    sessions,
    cart_sessions,
    checkout_sessions,
    CASE WHEN is_over THEN cart_sessions_unpaid END AS cart_sessions_unpaid,
    CASE WHEN is_over THEN checkout_sessions_unpaid END AS checkout_sessions_unpaid,
    CASE WHEN is_over THEN ratio(cart_sessions_unpaid, cart_sessions) END AS cart_abandonment_rate,
    CASE WHEN is_over THEN ratio(checkout_sessions_unpaid, checkout_sessions) END AS checkout_abandonment_rate
FROM days
