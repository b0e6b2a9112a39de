-- Customers by the month of their first paid order, and the share that paid again so many months later.
SELECT
    cohort_start AS cohort_month,
    max(customers) AS customers,
    max(CASE WHEN periods_since = 1 THEN retention_rate END) AS month_1_rate,
    max(CASE WHEN periods_since = 2 THEN retention_rate END) AS month_2_rate,
    max(CASE WHEN periods_since = 3 THEN retention_rate END) AS month_3_rate,
    max(CASE WHEN periods_since = 4 THEN retention_rate END) AS month_4_rate,
    max(CASE WHEN periods_since = 5 THEN retention_rate END) AS month_5_rate
FROM gold.retention_cohorts
WHERE period_grain = 'month' AND basis = 'first_paid_order'
GROUP BY cohort_start
ORDER BY cohort_start
