/*
check: history_intact
on: silver.stock_levels
severity: fail
what: >
  Stock levels never overlap, leave no gap but for deletions, and differ from their neighbour.
scope: [record_key]
reads:
  silver.stock_levels: product_id
  prep.product_rows: product_id where is_delete
*/
WITH neighbours AS (
    SELECT
        product_id, changed_at, next_changed_at, available_stock,
        lead(changed_at) OVER timeline AS following_at,
        lead(available_stock) OVER timeline AS following_stock
    FROM silver.stock_levels AS s
    WINDOW timeline AS (PARTITION BY product_id ORDER BY changed_at)
),

deletions AS (
    SELECT DISTINCT product_id, source_at
    FROM prep.product_rows
    WHERE is_delete AND disposition <> 'superseded'
),

judged AS (
    SELECT
        n.product_id, n.changed_at,
        CASE
            WHEN n.next_changed_at <= n.changed_at THEN 'ends before it begins'
            WHEN coalesce(n.next_changed_at, as_utc('9999-12-31 00:00:00')) > n.following_at THEN 'overlaps the next'
            WHEN n.next_changed_at IS DISTINCT FROM n.following_at AND d.source_at IS NULL
                THEN 'leaves a gap without a deletion'
            WHEN n.next_changed_at = n.following_at AND n.available_stock = n.following_stock THEN 'equals the next'
        END AS fault
    FROM neighbours AS n
    LEFT JOIN deletions AS d ON d.product_id = n.product_id AND d.source_at = n.next_changed_at
)

SELECT
    product_id AS record_key,
    'stock level of product ' || product_id || ' from ' || as_text(changed_at) || ' ' || fault AS reason
FROM judged
WHERE fault IS NOT NULL
