-- Each row of Bronze has exactly one fate.
SELECT
    subject AS bronze_table,
    bronze_rows,
    used,
    superseded,
    duplicates,
    ignored,
    quarantined
FROM gold.reconciliation
WHERE check_name = 'rows'
ORDER BY subject
