/*
name: gold.repeat_purchase
grain: [cohort_month]
what: >
  Of the customers whose first paid order fell in a month, how many paid a second one within 30, 60, 90 or 365
  business days of it. Each is unknown until that many days have passed since the end of the month, so that every
  customer of the cohort has had the time.
scope: [cohort_month]
reads:
  prep.cohort_repeats: cohort_month
  gold.as_of: all
*/
WITH cohorts AS (
    SELECT
        r.cohort_month,
        r.customers,
        r.repeat_30,
        r.repeat_60,
        r.repeat_90,
        r.repeat_365,
        days_between(plus_days(plus_months(r.cohort_month, 1), -1), c.as_of_day) AS days_since_month
    FROM prep.cohort_repeats AS r
    CROSS JOIN gold.as_of AS c
)

SELECT
    cohort_month,
    customers,
    CASE WHEN days_since_month > 30 THEN repeat_30 END AS repeat_30,
    CASE WHEN days_since_month > 60 THEN repeat_60 END AS repeat_60,
    CASE WHEN days_since_month > 90 THEN repeat_90 END AS repeat_90,
    CASE WHEN days_since_month > 365 THEN repeat_365 END AS repeat_365,
    CASE WHEN days_since_month > 30 THEN ratio(repeat_30, customers) END AS rate_30,
    CASE WHEN days_since_month > 60 THEN ratio(repeat_60, customers) END AS rate_60,
    CASE WHEN days_since_month > 90 THEN ratio(repeat_90, customers) END AS rate_90,
    CASE WHEN days_since_month > 365 THEN ratio(repeat_365, customers) END AS rate_365
FROM cohorts
