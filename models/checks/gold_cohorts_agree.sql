/*
check: gold_cohorts_agree
on: gold.cohort_ltv
severity: fail
what: A cohort month has the same customers by LTV, by repeat purchase and by retention.
*/
SELECT
    as_text(l.cohort_month) AS record_key,
    'customers ' || as_text(l.customers) || ', by repeat purchase ' || coalesce(as_text(r.customers), 'none')
        || ', by retention ' || coalesce(as_text(c.customers), 'none') AS reason
FROM gold.cohort_ltv AS l
LEFT JOIN gold.repeat_purchase AS r ON r.cohort_month = l.cohort_month
LEFT JOIN gold.retention_cohorts AS c ON c.cohort_start = l.cohort_month
    AND c.period_grain = 'month'
    AND c.basis = 'first_paid_order'
    AND c.periods_since = 0
WHERE l.months_since = 0
    AND (l.customers IS DISTINCT FROM r.customers OR l.customers IS DISTINCT FROM c.customers)
