/*
name: gold.reconciliation
grain: [check_name, subject]
what: >
  What must agree, and by how much it does not. Rows: those of a raw table are used, superseded, duplicate, ignored
  or quarantined, each exactly one. Gross and refunds: the payment ledger against each revenue mart. Net: where the
  ledger's net money stands for cohorts. Quarantined money: what the rules keep out, by raw table.
*/
WITH ledger AS (
    SELECT
        cast(coalesce(sum(amount_minor) FILTER (WHERE payment_status = 'SUCCESS'), 0) AS bigint) AS gross_minor,
        cast(coalesce(sum(amount_minor) FILTER (WHERE payment_status = 'REFUNDED'), 0) AS bigint) AS refunds_minor
    FROM silver.payments
),

money AS (
    SELECT 'gross_minor' AS check_name, m.subject, l.gross_minor AS expected, m.gross_minor AS actual
    FROM prep.mart_money AS m
    CROSS JOIN ledger AS l
    UNION ALL
    SELECT 'refunds_minor', m.subject, l.refunds_minor, m.refunds_minor
    FROM prep.mart_money AS m
    CROSS JOIN ledger AS l
    UNION ALL
    SELECT 'net_minor', subject, expected, actual
    FROM prep.cohort_identity
    UNION ALL
    SELECT 'quarantined_minor', subject, expected, actual
    FROM prep.quarantined_money
),

counts AS (
    SELECT
        bronze_table,
        bronze_rows,
        used,
        superseded,
        duplicates,
        ignored,
        quarantined,
        used + superseded + duplicates + ignored + quarantined AS accounted
    FROM prep.row_dispositions
)

SELECT
    'rows' AS check_name,
    bronze_table AS subject,
    bronze_rows AS expected,
    accounted AS actual,
    accounted - bronze_rows AS difference,
    accounted = bronze_rows AS is_balanced,
    bronze_rows,
    used,
    superseded,
    duplicates,
    ignored,
    quarantined
FROM counts
UNION ALL
SELECT
    check_name, subject, expected, actual, actual - expected, actual = expected, NULL, NULL, NULL, NULL, NULL, NULL
FROM money
