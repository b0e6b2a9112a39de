/*
name: prep.payment_entries
grain: [payment_id, payment_status, payment_at]
what: >
  The payment ledger with what the daily tables ask of an entry: its own business day, the customer of its order
  and whether that order was the customer's first, whether the order's first success fell on this day, and whether
  that success came after a failed attempt. A refund counts its business days from the success of the same
  payment_id, else from the order's first; without a success before it, the days are unknown.
scope: [order_id]
reads:
  silver.payments: order_id
  prep.order_payments: order_id
  gold.orders: order_id
*/
WITH entries AS (
    SELECT
        payment_id,
        payment_status,
        payment_at,
        business_day(payment_at) AS day,
        order_id,
        amount_minor,
        max(CASE WHEN payment_status = 'SUCCESS' THEN payment_at END)
            OVER (PARTITION BY order_id, payment_id) AS captured_at
    FROM silver.payments
),

dated AS (
    SELECT
        e.payment_id,
        e.payment_status,
        e.payment_at,
        e.day,
        e.order_id,
        e.amount_minor,
        business_day(p.first_paid_at) AS first_paid_day,
        coalesce(p.first_failed_at <= p.first_paid_at, FALSE) AS is_recovered_order,
        CASE WHEN e.payment_status = 'REFUNDED'
             THEN days_between(business_day(coalesce(e.captured_at, p.first_paid_at)), e.day) END AS days_to_refund
    FROM entries AS e
    JOIN prep.order_payments AS p ON p.order_id = e.order_id
)

SELECT
    d.payment_id,
    d.payment_status,
    d.payment_at,
    d.day,
    d.order_id,
    o.user_id,
    d.amount_minor,
    o.is_first_order,
    coalesce(d.day = d.first_paid_day, FALSE) AS is_first_paid_day,
    d.is_recovered_order,
    CASE WHEN d.days_to_refund >= 0 THEN d.days_to_refund END AS days_to_refund
FROM dated AS d
JOIN gold.orders AS o ON o.order_id = d.order_id
