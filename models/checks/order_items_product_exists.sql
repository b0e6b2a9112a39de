/*
check: product_exists
on: silver.order_items
severity: warn
what: >
  The product of an order item is known, where a source of products is configured.
scope: [record_key]
reads:
  silver.order_items: order_item_id
  silver.products: product_id = silver.order_items.product_id
*/
SELECT
    t.order_item_id AS record_key,
    'product_id ' || t.product_id || ' is not in silver.products' AS reason
FROM silver.order_items AS t
LEFT JOIN silver.products AS p ON p.product_id = t.product_id
WHERE t.product_id IS NOT NULL
    AND p.product_id IS NULL
    AND EXISTS (SELECT 1 FROM config.sources WHERE table_name = 'products')
