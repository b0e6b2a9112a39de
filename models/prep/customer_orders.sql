/*
name: prep.customer_orders
grain: [order_id]
what: >
  The paid orders of each known customer, numbered by the instant of their first successful payment (ties by
  order_id). Number 1 is the customer's first order: it makes the order new business and decides the cohort.
  Orders of guests and orders without a successful payment are not here.
scope: [user_id]
reads:
  silver.orders: user_id
  prep.order_payments: order_id = silver.orders.order_id
*/
SELECT
    o.order_id,
    o.user_id,
    p.first_paid_at,
    business_day(p.first_paid_at) AS first_paid_day,
    row_number() OVER (PARTITION BY o.user_id ORDER BY p.first_paid_at, o.order_id) AS paid_order_number
FROM silver.orders AS o
JOIN prep.order_payments AS p ON p.order_id = o.order_id
WHERE o.user_id IS NOT NULL
    AND p.first_paid_at IS NOT NULL
