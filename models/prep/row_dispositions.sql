/*
name: prep.row_dispositions
grain: [bronze_table]
what: >
  What became of the rows of each raw table. Every row is exactly one of used, superseded, duplicate, ignored and
  quarantined; each is counted where it is decided, so that their sum against bronze_rows proves something.
scope: [bronze_table]
reads:
  bronze.users_raw: "'users'"
  prep.user_rows: "'users'"
  bronze.products_raw: "'products'"
  prep.product_rows: "'products'"
  bronze.orders_raw: "'orders'"
  prep.order_rows: "'orders'"
  bronze.order_items_raw: "'order_items'"
  prep.order_item_rows: "'order_items'"
  bronze.payments_raw: "'payments'"
  prep.payment_rows: "'payments'"
  bronze.events_raw: "'events'"
  prep.event_exclusions: "'events'"
  silver.events: "'events'"
  silver.quarantine: bronze_table
*/
WITH collapsed AS (
    SELECT bronze_table, disposition, count(*) AS row_count, sum(deliveries) AS deliveries
    FROM (
        SELECT 'users' AS bronze_table, disposition, deliveries FROM prep.user_rows
        UNION ALL
        SELECT 'products' AS bronze_table, disposition, deliveries FROM prep.product_rows
        UNION ALL
        SELECT 'orders' AS bronze_table, disposition, deliveries FROM prep.order_rows
        UNION ALL
        SELECT 'order_items' AS bronze_table, disposition, deliveries FROM prep.order_item_rows
        UNION ALL
        SELECT 'payments' AS bronze_table, disposition, deliveries FROM prep.payment_rows
    ) AS accepted
    GROUP BY bronze_table, disposition
),

ignored_states AS (
    SELECT 'orders' AS bronze_table, r._batch_id, r._source_file, r._source_row
    FROM bronze.orders_raw AS r
    INNER JOIN config.vocabulary AS v ON v.field = 'order_status' AND v.source_word = r.order_status
    WHERE v.word = 'ignore'
    UNION ALL
    SELECT 'payments' AS bronze_table, r._batch_id, r._source_file, r._source_row
    FROM bronze.payments_raw AS r
    INNER JOIN config.vocabulary AS v ON v.field = 'payment_status' AND v.source_word = r.payment_status
    WHERE v.word = 'ignore'
),

quarantined AS (
    SELECT DISTINCT bronze_table, _batch_id, _source_file, _source_row FROM silver.quarantine
),

counted AS (
    SELECT bronze_table, disposition, row_count FROM collapsed
    UNION ALL
    SELECT bronze_table, 'duplicate' AS disposition, deliveries - row_count AS row_count FROM collapsed
    UNION ALL
    SELECT 'events' AS bronze_table, 'used' AS disposition, count(*) AS row_count FROM silver.events
    UNION ALL
    SELECT 'events' AS bronze_table, disposition, count(*) AS row_count
    FROM prep.event_exclusions WHERE disposition <> 'quarantined' GROUP BY disposition
    UNION ALL
    SELECT bronze_table, 'quarantined' AS disposition, count(*) AS row_count FROM quarantined GROUP BY bronze_table
    UNION ALL
    SELECT i.bronze_table, 'ignored' AS disposition, count(*) AS row_count FROM ignored_states AS i
    LEFT JOIN quarantined AS q
        ON q.bronze_table = i.bronze_table AND q._batch_id = i._batch_id
        AND q._source_file = i._source_file AND q._source_row = i._source_row
    WHERE q.bronze_table IS NULL GROUP BY i.bronze_table
    UNION ALL
    SELECT 'users' AS bronze_table, 'delivered' AS disposition, count(*) AS row_count FROM bronze.users_raw
    UNION ALL
    SELECT 'products' AS bronze_table, 'delivered' AS disposition, count(*) AS row_count FROM bronze.products_raw
    UNION ALL
    SELECT 'orders' AS bronze_table, 'delivered' AS disposition, count(*) AS row_count FROM bronze.orders_raw
    UNION ALL
    SELECT 'order_items' AS bronze_table, 'delivered' AS disposition, count(*) AS row_count FROM bronze.order_items_raw
    UNION ALL
    SELECT 'payments' AS bronze_table, 'delivered' AS disposition, count(*) AS row_count FROM bronze.payments_raw
    UNION ALL
    SELECT 'events' AS bronze_table, 'delivered' AS disposition, count(*) AS row_count FROM bronze.events_raw
)

SELECT
    bronze_table,
    sum(CASE WHEN disposition = 'delivered' THEN row_count ELSE 0 END) AS bronze_rows,
    sum(CASE WHEN disposition = 'used' THEN row_count ELSE 0 END) AS used,
    sum(CASE WHEN disposition = 'superseded' THEN row_count ELSE 0 END) AS superseded,
    sum(CASE WHEN disposition = 'duplicate' THEN row_count ELSE 0 END) AS duplicates,
    sum(CASE WHEN disposition = 'ignored' THEN row_count ELSE 0 END) AS ignored,
    sum(CASE WHEN disposition = 'quarantined' THEN row_count ELSE 0 END) AS quarantined
FROM counted
GROUP BY bronze_table
