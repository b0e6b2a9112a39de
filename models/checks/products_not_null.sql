/*
check: not_null
on: bronze.products_raw
severity: quarantine
what: >
  A row without the id of its product belongs to nothing.
scope: row
reads:
  bronze.products_raw: row
*/
SELECT
    product_id AS record_key,
    'product_id is empty; map it from the source' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.products_raw
WHERE coalesce(product_id, '') = ''
