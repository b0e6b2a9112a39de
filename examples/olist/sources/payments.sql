-- A payment whose order is missing stays, so that rules name it.
SELECT
    p.order_id || '-' || p.payment_sequential AS payment_id,
    p.order_id,
    'SUCCESS' AS payment_status,
    p.payment_value AS payment_amount,
    coalesce(o.order_approved_at, o.order_purchase_timestamp) AS payment_ts
FROM payments AS p
LEFT JOIN orders AS o ON o.order_id = p.order_id
