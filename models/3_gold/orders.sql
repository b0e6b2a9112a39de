/*
name: gold.orders
grain: [order_id]
what: >
  One row an order. Paid means at least one successful payment, whatever the status or later refunds. Paid money
  is what succeeded, refunded money what went back, net is their difference; a refund without a success or beyond
  what was paid sets is_over_refunded. The first order is the customer's first by its first successful payment; it
  is unknown for guests. Cancelled after payment: the order is CANCELLED now and money had arrived by then.
file_per_month: order_day
scope: [order_id]
reads:
  silver.orders: order_id
  silver.order_items: order_id
  prep.order_payments: order_id
  prep.customer_orders: order_id
  prep.order_sessions: order_id
*/
WITH items AS (
    SELECT order_id, count(*) AS items, cast(coalesce(sum(quantity), 0) AS bigint) AS units
    FROM silver.order_items
    GROUP BY order_id
),

money AS (
    SELECT
        o.order_id,
        coalesce(p.paid_minor, 0) AS paid_minor,
        coalesce(p.refunded_minor, 0) AS refunded_minor,
        coalesce(p.successes, 0) AS successes,
        coalesce(p.failures, 0) AS failures,
        coalesce(p.refunds, 0) AS refunds,
        p.first_paid_at
    FROM silver.orders AS o
    LEFT JOIN prep.order_payments AS p ON p.order_id = o.order_id
)

SELECT
    o.order_id,
    o.user_id,
    s.session_id AS attributed_session_id,
    o.order_status,
    business_day(o.created_at) AS order_day,
    o.created_at,
    m.first_paid_at,
    o.cancelled_at,
    o.order_amount_minor AS ordered_minor,
    m.paid_minor,
    m.refunded_minor,
    m.paid_minor - m.refunded_minor AS net_minor,
    coalesce(i.items, 0) AS items,
    coalesce(i.units, 0) AS units,
    m.successes + m.failures AS attempts,
    m.failures,
    m.refunds,
    m.successes > 0 AS is_paid,
    CASE WHEN o.user_id IS NOT NULL THEN coalesce(c.paid_order_number = 1, FALSE) END AS is_first_order,
    coalesce(o.order_status = 'CANCELLED' AND m.first_paid_at <= o.cancelled_at, FALSE) AS is_cancelled_after_payment,
    m.refunded_minor > m.paid_minor OR (m.refunds > 0 AND m.successes = 0) AS is_over_refunded,
    o.is_inferred
FROM silver.orders AS o
JOIN money AS m ON m.order_id = o.order_id
LEFT JOIN items AS i ON i.order_id = o.order_id
LEFT JOIN prep.customer_orders AS c ON c.order_id = o.order_id
LEFT JOIN prep.order_sessions AS s ON s.order_id = o.order_id
