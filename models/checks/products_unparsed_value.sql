/*
check: unparsed_value
on: bronze.products_raw
severity: quarantine
what: >
  A mapped value that could not be read is not the same as none.
scope: row
reads:
  bronze.products_raw: row
*/
WITH rescued AS (
    SELECT
        product_id, _batch_id, _source_file, _source_row,
        unread(product_id IS NULL, _rescued, 'product_id')
        || unread(product_name IS NULL, _rescued, 'product_name')
        || unread(category IS NULL, _rescued, 'category')
        || unread(price IS NULL, _rescued, 'price')
        || unread(available_stock IS NULL, _rescued, 'available_stock')
        || unread(updated_at IS NULL, _rescued, 'updated_at')
        || unread(ingestion_time IS NULL, _rescued, 'ingestion_time') AS unread_values
    FROM bronze.products_raw AS r
    WHERE _rescued IS NOT NULL
)

SELECT
    product_id AS record_key,
    unread_values || 'mend the feed or its mapping' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM rescued
WHERE unread_values <> ''
