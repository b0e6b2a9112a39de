/*
name: silver.product_history
grain: [product_id, valid_from]
what: >
  Name, category and list price of each product over time (SCD2): [valid_from, valid_to), the current version open.
  Stock opens no version. There are gaps only where the product was deleted. A correction dated in the past stands where
  it belongs.
scope: [product_id]
reads:
  prep.product_rows: product_id
*/
WITH versions AS (
    SELECT
        product_id, product_name, category, price_minor, is_delete, source_at AS valid_from,
        lead(source_at) OVER (PARTITION BY product_id ORDER BY source_at) AS valid_to,
        _batch_id, _source_file, _source_row
    FROM prep.product_rows
    WHERE is_change
)

SELECT
    product_id, valid_from, valid_to, product_name, category, price_minor, valid_to IS NULL AS is_current,
    _batch_id, _source_file, _source_row
FROM versions
WHERE NOT is_delete
