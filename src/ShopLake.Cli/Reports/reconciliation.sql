-- What must agree and does not: empty in a sound lake.
SELECT
    check_name,
    subject,
    expected,
    actual,
    difference
FROM gold.reconciliation
WHERE NOT is_balanced
ORDER BY check_name, subject
