/*
name: silver.products
grain: [product_id]
what: >
  One row a product: the state with the greatest source time. A deleted product stays, marked.
scope: [product_id]
reads:
  prep.product_rows: product_id
*/
SELECT
    product_id, product_name, category, price_minor, available_stock, source_at AS updated_at,
    is_delete AS is_deleted, source_system, _batch_id, _source_file, _source_row
FROM prep.product_rows
WHERE is_latest
