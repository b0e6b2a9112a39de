/*
name: prep.quarantined_money
grain: [subject]
what: >
  The money that rules keep out of Silver, by raw table, each row once however many rules it fails: as the rules say
  it (expected) and as silver.quarantine shows it (actual).
*/
WITH found AS (
    SELECT 'orders' AS subject, amount_minor, _batch_id, _source_file, _source_row
    FROM prep.orders_quarantine
    UNION ALL
    SELECT 'order_items', amount_minor, _batch_id, _source_file, _source_row
    FROM prep.order_items_quarantine
    UNION ALL
    SELECT 'payments', amount_minor, _batch_id, _source_file, _source_row
    FROM prep.payments_quarantine
),

found_rows AS (
    SELECT subject, max(amount_minor) AS amount_minor
    FROM found
    GROUP BY subject, _batch_id, _source_file, _source_row
),

shown_rows AS (
    SELECT bronze_table AS subject, max(amount_minor) AS amount_minor
    FROM silver.quarantine
    WHERE bronze_table IN ('orders', 'order_items', 'payments')
    GROUP BY bronze_table, _batch_id, _source_file, _source_row
),

sides AS (
    SELECT subject, amount_minor AS expected, 0 AS actual
    FROM found_rows
    UNION ALL
    SELECT subject, 0, amount_minor
    FROM shown_rows
    UNION ALL
    SELECT 'orders', 0, 0
    UNION ALL
    SELECT 'order_items', 0, 0
    UNION ALL
    SELECT 'payments', 0, 0
)

SELECT
    subject,
    cast(coalesce(sum(expected), 0) AS bigint) AS expected,
    cast(coalesce(sum(actual), 0) AS bigint) AS actual
FROM sides
GROUP BY subject
