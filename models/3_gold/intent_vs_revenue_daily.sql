/*
name: gold.intent_vs_revenue_daily
grain: [order_day]
what: >
  What the orders of a day promised against what they brought. Unpaid is the part of each order not paid yet,
  never below zero, over orders that are not CANCELLED; cancelled is what CANCELLED orders had promised. The
  capture rate is paid over ordered and may exceed 1. An order without an amount counts 0 and is counted apart.
scope: [order_day]
reads:
  gold.orders: order_day
*/
WITH days AS (
    SELECT
        order_day,
        count(*) AS orders,
        count(*) FILTER (WHERE ordered_minor IS NULL) AS orders_without_amount,
        cast(coalesce(sum(ordered_minor), 0) AS bigint) AS ordered_minor,
        cast(sum(paid_minor) AS bigint) AS paid_minor,
        cast(sum(refunded_minor) AS bigint) AS refunded_minor,
        cast(sum(CASE WHEN order_status IS DISTINCT FROM 'CANCELLED' AND ordered_minor > paid_minor
                      THEN ordered_minor - paid_minor ELSE 0 END) AS bigint) AS unpaid_minor,
        cast(coalesce(sum(ordered_minor) FILTER (WHERE order_status = 'CANCELLED'), 0) AS bigint) AS cancelled_minor
    FROM gold.orders
    WHERE order_day IS NOT NULL
    GROUP BY order_day
)

SELECT
    order_day,
    orders,
    orders_without_amount,
    ordered_minor,
    paid_minor,
    refunded_minor,
    paid_minor - refunded_minor AS net_minor,
    unpaid_minor,
    cancelled_minor,
    ratio(paid_minor, ordered_minor) AS capture_rate
FROM days
