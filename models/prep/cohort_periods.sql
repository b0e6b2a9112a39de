/*
name: prep.cohort_periods
grain: [basis, period_grain, cohort_start, periods_since]
what: >
  How many users of a cohort were active in a period, and for how many it was the last so far. In period 0 every
  user of the cohort is active.
scope: [basis, period_grain, cohort_start, periods_since]
reads:
  prep.active_periods: basis, period_grain, cohort_start, periods_since
*/
SELECT
    basis,
    period_grain,
    cohort_start,
    periods_since,
    count(*) AS active,
    count(*) FILTER (WHERE is_last) AS last_active
FROM prep.active_periods
GROUP BY basis, period_grain, cohort_start, periods_since
