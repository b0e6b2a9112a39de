/*
check: refunds_within_captures
on: silver.payments
severity: warn
what: >
  An order gives back no more than it took.
scope: [record_key]
reads:
  silver.payments: order_id
*/
WITH totals AS (
    SELECT
        order_id,
        sum(CASE WHEN payment_status = 'SUCCESS' THEN amount_minor ELSE 0 END) AS captured_minor,
        sum(CASE WHEN payment_status = 'REFUNDED' THEN amount_minor ELSE 0 END) AS refunded_minor
    FROM silver.payments
    GROUP BY order_id
)

SELECT
    order_id AS record_key,
    'order ' || order_id || ' gives back ' || as_text(refunded_minor) || ' of ' || as_text(captured_minor)
    || ' minor units taken' AS reason
FROM totals
WHERE refunded_minor > captured_minor
