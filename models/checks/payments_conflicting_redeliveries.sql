/*
check: conflicting_redeliveries
on: silver.payments
severity: warn
what: >
  An entry came with different contents; the latest stands.
scope: [record_key]
reads:
  silver.payments: payment_id
*/
SELECT
    payment_id AS record_key,
    payment_status || ' of payment ' || payment_id || ' at ' || as_text(payment_at)
    || ' came with different contents' AS reason
FROM silver.payments
WHERE has_conflict
