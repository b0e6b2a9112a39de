/*
name: prep.order_line_catalogue
grain: [order_item_id]
what: >
  List price and category of each sold line as they were valid at the order's time, never as they are now. A line
  sold before the product's first known version takes that version and says so. A product that the catalogue
  never held, and a line without a product, is (unknown); a known one without a category is (uncategorized).
scope: [order_item_id]
reads:
  silver.order_items: order_item_id
  silver.orders: order_id = silver.order_items.order_id
  silver.product_history: product_id = silver.order_items.product_id
  silver.products: product_id = silver.order_items.product_id
*/
WITH lines AS (
    SELECT i.order_item_id, i.product_id, o.created_at
    FROM silver.order_items AS i
    JOIN silver.orders AS o ON o.order_id = i.order_id
),

numbered AS (
    SELECT
        product_id,
        valid_from,
        coalesce(valid_to, as_utc('9999-12-31 00:00:00')) AS valid_to,
        category,
        price_minor,
        row_number() OVER (PARTITION BY product_id ORDER BY valid_from NULLS LAST) AS version
    FROM silver.product_history
),

versions AS (
    SELECT
        product_id,
        valid_from,
        CASE WHEN version = 1 THEN as_utc('0001-01-01 00:00:00') ELSE valid_from END AS used_from,
        valid_to,
        category,
        price_minor
    FROM numbered
)

SELECT
    l.order_item_id,
    CASE WHEN p.product_id IS NULL THEN '(unknown)' ELSE coalesce(v.category, '(uncategorized)') END AS category,
    v.price_minor AS list_price_minor,
    coalesce(l.created_at < v.valid_from, FALSE) AS is_list_price_assumed
FROM lines AS l
LEFT JOIN silver.products AS p ON p.product_id = l.product_id
LEFT JOIN versions AS v ON v.product_id = l.product_id
    AND l.created_at >= v.used_from
    AND l.created_at < v.valid_to
