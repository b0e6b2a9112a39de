/*
check: gold_abandonment_parts
on: gold.abandonment_daily
severity: fail
what: Unpaid sessions are a part of those with a cart or a checkout, and those a part of all.
*/
SELECT
    as_text(day) || ' ' || device_type AS record_key,
    'sessions ' || as_text(sessions) || ', with cart ' || as_text(cart_sessions) || ', with checkout '
        || as_text(checkout_sessions) || ', unpaid ' || as_text(cart_sessions_unpaid) || ' and '
        || as_text(checkout_sessions_unpaid) AS reason
FROM gold.abandonment_daily
WHERE cart_sessions > sessions
    OR checkout_sessions > sessions
    OR cart_sessions_unpaid > cart_sessions
    OR checkout_sessions_unpaid > checkout_sessions
