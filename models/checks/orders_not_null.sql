/*
check: not_null
on: bronze.orders_raw
severity: quarantine
what: >
  A row without the id of its order belongs to nothing.
scope: row
reads:
  bronze.orders_raw: row
*/
SELECT
    order_id AS record_key,
    'order_id is empty; map it from the source' AS reason,
    to_minor(order_amount) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.orders_raw
WHERE coalesce(order_id, '') = ''
