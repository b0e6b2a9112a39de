-- The funnel of sessions by device, over the days whose windows have fully elapsed.
SELECT
    device_type,
    cast(sum(viewed) AS bigint) AS viewed,
    cast(sum(carted) AS bigint) AS carted,
    cast(sum(checked_out) AS bigint) AS checked_out,
    cast(sum(paid) AS bigint) AS paid,
    ratio(sum(carted), sum(viewed)) AS view_to_cart_rate,
    ratio(sum(checked_out), sum(carted)) AS cart_to_checkout_rate,
    ratio(sum(paid), sum(checked_out)) AS checkout_to_paid_rate,
    ratio(sum(paid), sum(viewed)) AS total_rate
FROM gold.funnel_daily
WHERE unit = 'session' AND paid IS NOT NULL
GROUP BY device_type
ORDER BY device_type
