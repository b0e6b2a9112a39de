/*
name: prep.order_payments
grain: [order_id]
what: >
  The money of one order, from its ledger entries. Paid is what succeeded, whatever came later; refunds add up
  on their own and never reduce it here. An attempt is a payment that succeeded or failed. Orders without any
  payment entry have no row.
scope: [order_id]
reads:
  silver.payments: order_id
*/
SELECT
    order_id,
    cast(coalesce(sum(amount_minor) FILTER (WHERE payment_status = 'SUCCESS'), 0) AS bigint) AS paid_minor,
    cast(coalesce(sum(amount_minor) FILTER (WHERE payment_status = 'REFUNDED'), 0) AS bigint) AS refunded_minor,
    count(*) FILTER (WHERE payment_status = 'SUCCESS') AS successes,
    count(*) FILTER (WHERE payment_status = 'FAILED') AS failures,
    count(*) FILTER (WHERE payment_status = 'REFUNDED') AS refunds,
    min(payment_at) FILTER (WHERE payment_status = 'SUCCESS') AS first_paid_at,
    max(payment_at) FILTER (WHERE payment_status = 'SUCCESS') AS last_paid_at,
    min(payment_at) FILTER (WHERE payment_status = 'FAILED') AS first_failed_at
FROM silver.payments
GROUP BY order_id
