/*
check: non_negative
on: bronze.payments_raw
severity: quarantine
what: >
  Amounts are magnitudes; a sign is never dropped in silence.
scope: row
reads:
  bronze.payments_raw: row
*/
SELECT
    payment_id AS record_key,
    'payment_amount ' || as_text(payment_amount) || ' is below 0; '
    || 'negate it in the mapping, or map the row to REFUNDED' AS reason,
    to_minor(payment_amount) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.payments_raw
WHERE payment_amount < 0
