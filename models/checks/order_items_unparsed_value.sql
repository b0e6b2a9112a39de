/*
check: unparsed_value
on: bronze.order_items_raw
severity: quarantine
what: >
  A mapped value that could not be read is not the same as none.
scope: row
reads:
  bronze.order_items_raw: row
*/
WITH rescued AS (
    SELECT
        order_item_id, _batch_id, _source_file, _source_row,
        unread(order_item_id IS NULL, _rescued, 'order_item_id')
        || unread(order_id IS NULL, _rescued, 'order_id')
        || unread(product_id IS NULL, _rescued, 'product_id')
        || unread(quantity IS NULL, _rescued, 'quantity')
        || unread(item_price IS NULL, _rescued, 'item_price')
        || unread(ingestion_time IS NULL, _rescued, 'ingestion_time') AS unread_values
    FROM bronze.order_items_raw AS r
    WHERE _rescued IS NOT NULL
)

SELECT
    order_item_id AS record_key,
    unread_values || 'mend the feed or its mapping' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM rescued
WHERE unread_values <> ''
