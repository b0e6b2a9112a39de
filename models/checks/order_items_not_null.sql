/*
check: not_null
on: bronze.order_items_raw
severity: quarantine
what: >
  An order item needs its own id and the id of its order; a deletion is told by the first alone.
scope: row
reads:
  bronze.order_items_raw: row
*/
SELECT
    order_item_id AS record_key,
    CASE WHEN coalesce(order_item_id, '') = '' THEN 'order_item_id' ELSE 'order_id' END
    || ' is empty; map it from the source' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.order_items_raw
WHERE coalesce(order_item_id, '') = '' OR (coalesce(order_id, '') = '' AND _op <> 'delete')
