/*
check: no_delete
on: bronze.payments_raw
severity: quarantine
what: >
  Users, products and items can be deleted; what has happened cannot.
scope: row
reads:
  bronze.payments_raw: row
*/
SELECT
    payment_id AS record_key,
    'a deletion of payment ' || payment_id || '; take the money back by a REFUNDED row' AS reason,
    to_minor(payment_amount) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.payments_raw
WHERE _op = 'delete'
