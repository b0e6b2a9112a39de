/*
check: no_delete
on: bronze.orders_raw
severity: quarantine
what: >
  Users, products and items can be deleted; what has happened cannot.
scope: row
reads:
  bronze.orders_raw: row
*/
SELECT
    order_id AS record_key,
    'a deletion of order ' || order_id || '; cancel it by a row of its status' AS reason,
    to_minor(order_amount) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.orders_raw
WHERE _op = 'delete'
