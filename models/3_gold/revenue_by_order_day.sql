/*
name: gold.revenue_by_order_day
grain: [order_day]
what: >
  The same money as revenue_daily, put on the business day of the order it belongs to: what became of the orders
  of a day. It restates whenever a payment or a refund comes. Orders counts every order of the day, paid or not.
scope: [order_day]
reads:
  gold.orders: order_day
*/
SELECT
    order_day,
    count(*) AS orders,
    count(*) FILTER (WHERE is_paid) AS paid_orders,
    cast(sum(paid_minor) AS bigint) AS gross_minor,
    cast(sum(refunded_minor) AS bigint) AS refunds_minor,
    cast(sum(net_minor) AS bigint) AS net_minor
FROM gold.orders
WHERE order_day IS NOT NULL
GROUP BY order_day
