/*
name: gold.funnel_daily
grain: [day, device_type, unit]
what: >
  The ordered funnel view, add_to_cart, checkout, paid, by the day and device of the first view: once by session,
  once by user. Each step counts only after the one before it and within the funnel window of the view. Everything
  behind the views is unknown until two windows have passed since the end of the day. Rates are a ratio of counts.
scope: [day, device_type, unit]
reads:
  prep.funnel_days: day, device_type, unit
  gold.as_of: all
*/
WITH days AS (
    SELECT
        f.day,
        f.device_type,
        f.unit,
        f.viewed,
        f.carted,
        f.checked_out,
        f.paid,
        f.median_seconds_view_to_cart,
        f.median_seconds_cart_to_checkout,
        f.median_seconds_checkout_to_paid,
        plus_seconds(day_start(plus_days(f.day, 1)), 2 * funnel_window_seconds()) <= c.as_of_at AS is_over
    FROM prep.funnel_days AS f
    CROSS JOIN gold.as_of AS c
),

funnels AS (
    SELECT
        day,
        device_type,
        unit,
        viewed,
        CASE WHEN is_over THEN carted END AS carted,
        CASE WHEN is_over THEN checked_out END AS checked_out,
        CASE WHEN is_over THEN paid END AS paid,
        CASE WHEN is_over THEN median_seconds_view_to_cart END AS median_seconds_view_to_cart,
        CASE WHEN is_over THEN median_seconds_cart_to_checkout END AS median_seconds_cart_to_checkout,
        CASE WHEN is_over THEN median_seconds_checkout_to_paid END AS median_seconds_checkout_to_paid
    FROM days
)

SELECT
    day,
    device_type,
    unit,
    viewed,
    carted,
    checked_out,
    paid,
    ratio(carted, viewed) AS view_to_cart_rate,
    ratio(checked_out, carted) AS cart_to_checkout_rate,
    ratio(paid, checked_out) AS checkout_to_paid_rate,
    ratio(paid, viewed) AS total_rate,
    median_seconds_view_to_cart,
    median_seconds_cart_to_checkout,
    median_seconds_checkout_to_paid
FROM funnels
