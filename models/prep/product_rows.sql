/*
name: prep.product_rows
grain: [_batch_id, _source_file, _source_row]
what: >
  Accepted rows of products, read like those of prep.user_rows. A change of stock opens no version; it is a level of its
  own, which a deletion ends and a row without stock leaves as it is.
scope: [product_id]
timeline:
  at: source_at
  neighbours: disposition <> 'superseded' AND (is_delete OR stock_level IS NOT NULL)
  during: {bronze.products_raw: updated_at}
reads:
  bronze.products_raw: product_id
  prep.products_quarantine: record_key
*/
WITH accepted AS (
    SELECT
        r.product_id, nullif(r.product_name, '') AS product_name, nullif(r.category, '') AS category,
        to_minor(r.price) AS price_minor, r.available_stock, r.updated_at,
        r._op = 'delete' AS is_delete, r.source_system, r.ingestion_time, r._batch_id, r._source_file, r._source_row
    FROM bronze.products_raw AS r
    LEFT JOIN prep.products_quarantine AS q
        ON q._batch_id = r._batch_id AND q._source_file = r._source_file AND q._source_row = r._source_row
    WHERE q.rule IS NULL
),

numbered AS (
    SELECT a.*,
        row_number() OVER (
            PARTITION BY product_id, product_name, category, price_minor, available_stock, updated_at, is_delete
            ORDER BY _batch_id, _source_file, _source_row
        ) AS delivery,
        count(*) OVER (
            PARTITION BY product_id, product_name, category, price_minor, available_stock, updated_at, is_delete
        ) AS deliveries
    FROM accepted AS a
),

judged AS (
    SELECT n.*,
        coalesce(updated_at, ingestion_time) AS source_at,
        CASE WHEN is_delete THEN NULL ELSE available_stock END AS stock_level,
        row_number() OVER (
            PARTITION BY product_id, coalesce(updated_at, ingestion_time)
            ORDER BY _batch_id DESC, _source_file DESC, _source_row DESC
        ) = 1 AS stands
    FROM numbered AS n
    WHERE delivery = 1
),

compared AS (
    SELECT j.*,
        coalesce(lag(is_delete) OVER timeline, TRUE) AS was_absent,
        product_name IS DISTINCT FROM lag(product_name) OVER timeline
        OR category IS DISTINCT FROM lag(category) OVER timeline
        OR price_minor IS DISTINCT FROM lag(price_minor) OVER timeline AS differs,
        stands AND lead(source_at) OVER timeline IS NULL AS is_latest,
        stands AND (is_delete OR stock_level IS NOT NULL)
        AND stock_level IS DISTINCT FROM lag(stock_level) OVER stock AS is_stock_change
    FROM judged AS j
    WINDOW
        timeline AS (PARTITION BY product_id, stands ORDER BY source_at),
        stock AS (PARTITION BY product_id, stands AND (is_delete OR stock_level IS NOT NULL) ORDER BY source_at)
),

changes AS (
    SELECT c.*, stands AND (is_delete <> was_absent OR (differs AND NOT is_delete)) AS is_change
    FROM compared AS c
)

SELECT
    product_id, product_name, category, source_system,
    CASE
        WHEN NOT stands THEN 'superseded'
        WHEN is_change OR is_stock_change OR is_latest THEN 'used'
        ELSE 'duplicate'
    END AS disposition,
    price_minor, available_stock, stock_level, deliveries,
    is_delete, is_change, is_stock_change, is_latest, source_at,
    _batch_id, _source_file, _source_row
FROM changes
