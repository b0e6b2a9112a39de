/*
check: gold_reconciliation
on: gold.reconciliation
severity: fail
what: Every row of the reconciliation balances, to the last row and the last minor unit.
*/
SELECT
    check_name || ' ' || subject AS record_key,
    'expected ' || as_text(expected) || ', found ' || as_text(actual) AS reason
FROM gold.reconciliation
WHERE is_balanced IS NOT TRUE
