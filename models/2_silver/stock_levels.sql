/*
name: silver.stock_levels
grain: [product_id, changed_at]
what: >
  Units on hand of each product over time: [changed_at, next_changed_at), the current level open, equal neighbours in
  one. A deletion of the product ends its level. Nothing is known before the first record.
scope: [product_id]
timeline:
  at: changed_at
  during: {prep.product_rows: source_at}
reads:
  prep.product_rows: product_id
*/
WITH levels AS (
    SELECT
        product_id, source_at AS changed_at,
        lead(source_at) OVER (PARTITION BY product_id ORDER BY source_at) AS next_changed_at,
        stock_level AS available_stock, _batch_id, _source_file, _source_row
    FROM prep.product_rows
    WHERE is_stock_change
)

SELECT product_id, changed_at, next_changed_at, available_stock, _batch_id, _source_file, _source_row
FROM levels
WHERE available_stock IS NOT NULL
