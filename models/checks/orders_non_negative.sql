/*
check: non_negative
on: bronze.orders_raw
severity: quarantine
what: >
  Amounts are magnitudes; a sign is never dropped in silence.
scope: row
reads:
  bronze.orders_raw: row
*/
SELECT
    order_id AS record_key,
    'order_amount ' || as_text(order_amount) || ' is below 0; '
    || 'negate it in the mapping' AS reason,
    to_minor(order_amount) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.orders_raw
WHERE order_amount < 0
