/*
check: gold_retention_bounds
on: gold.retention_cohorts
severity: fail
what: Everybody is active in period 0, and nobody is counted more than once in any.
*/
SELECT
    period_grain || ' ' || as_text(cohort_start) || ' ' || basis || ' ' || as_text(periods_since) AS record_key,
    'customers ' || as_text(customers) || ', active ' || as_text(active) || ', active or later '
        || as_text(active_or_later) AS reason
FROM gold.retention_cohorts
WHERE active > active_or_later
    OR active_or_later > customers
    OR (periods_since = 0 AND active <> customers)
