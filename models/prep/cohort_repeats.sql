/*
name: prep.cohort_repeats
grain: [cohort_month]
what: >
  Customers of a cohort month, and how many of them paid a second order within 30, 60, 90 and 365 days so far.
scope: [cohort_month]
reads:
  prep.customer_cohorts: cohort_month
*/
SELECT
    cohort_month,
    count(*) AS customers,
    count(*) FILTER (WHERE days_to_second <= 30) AS repeat_30,
    count(*) FILTER (WHERE days_to_second <= 60) AS repeat_60,
    count(*) FILTER (WHERE days_to_second <= 90) AS repeat_90,
    count(*) FILTER (WHERE days_to_second <= 365) AS repeat_365
FROM prep.customer_cohorts
GROUP BY cohort_month
