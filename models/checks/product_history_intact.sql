/*
check: history_intact
on: silver.product_history
severity: fail
what: >
  Versions begin with the first row, leave no gap but for deletions, never overlap, and differ from their neighbour.
scope: [record_key]
reads:
  silver.product_history: product_id
  prep.product_rows: product_id
*/
WITH beginnings AS (
    SELECT product_id, min(source_at) AS first_at
    FROM prep.product_rows
    WHERE NOT is_delete AND disposition <> 'superseded'
    GROUP BY product_id
),

deletions AS (
    SELECT DISTINCT product_id, source_at
    FROM prep.product_rows
    WHERE is_delete AND disposition <> 'superseded'
),

neighbours AS (
    SELECT
        product_id, valid_from, valid_to, product_name, category, price_minor, is_current,
        lead(product_name) OVER timeline AS next_product_name,
        lead(category) OVER timeline AS next_category,
        lead(price_minor) OVER timeline AS next_price_minor,
        lead(valid_from) OVER timeline AS next_from,
        row_number() OVER timeline AS version
    FROM silver.product_history AS h
    WINDOW timeline AS (PARTITION BY product_id ORDER BY valid_from)
),

judged AS (
    SELECT
        n.product_id, n.valid_from,
        CASE
            WHEN n.version = 1 AND n.valid_from IS DISTINCT FROM b.first_at THEN 'does not begin with the first row'
            WHEN n.is_current <> (n.valid_to IS NULL) THEN 'is current or ended, not as it says'
            WHEN n.valid_to <= n.valid_from THEN 'ends before it begins'
            WHEN coalesce(n.valid_to, as_utc('9999-12-31 00:00:00')) > n.next_from THEN 'overlaps the next'
            WHEN n.valid_to IS DISTINCT FROM n.next_from AND d.source_at IS NULL THEN 'leaves a gap without a deletion'
            WHEN n.valid_to = n.next_from
                AND n.product_name IS NOT DISTINCT FROM n.next_product_name
                AND n.category IS NOT DISTINCT FROM n.next_category
                AND n.price_minor IS NOT DISTINCT FROM n.next_price_minor
                THEN 'equals the next'
        END AS fault
    FROM neighbours AS n
    LEFT JOIN beginnings AS b ON b.product_id = n.product_id
    LEFT JOIN deletions AS d ON d.product_id = n.product_id AND d.source_at = n.valid_to
)

SELECT
    product_id AS record_key,
    'version of ' || product_id || ' from ' || as_text(valid_from) || ' ' || fault AS reason
FROM judged
WHERE fault IS NOT NULL
