/*
check: gold_repeat_purchase_order
on: gold.repeat_purchase
severity: fail
what: Who came back within fewer days came back within more.
*/
SELECT
    as_text(cohort_month) AS record_key,
    'customers ' || as_text(customers) || ', within 30, 60, 90, 365 days: ' || coalesce(as_text(repeat_30), 'unknown')
        || ', ' || coalesce(as_text(repeat_60), 'unknown') || ', ' || coalesce(as_text(repeat_90), 'unknown')
        || ', ' || coalesce(as_text(repeat_365), 'unknown') AS reason
FROM gold.repeat_purchase
WHERE repeat_30 > repeat_60
    OR repeat_60 > repeat_90
    OR repeat_90 > repeat_365
    OR repeat_30 > customers
    OR repeat_60 > customers
    OR repeat_90 > customers
    OR repeat_365 > customers
