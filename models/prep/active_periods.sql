/*
name: prep.active_periods
grain: [basis, period_grain, user_id, periods_since]
what: >
  The ISO weeks and the months in which a user was active, counted from the first: that period is the user's
  cohort and number 0. The last one of each user is marked.
*/
WITH days AS (
    SELECT basis, user_id, day, min(day) OVER (PARTITION BY basis, user_id) AS first_day
    FROM prep.active_days
),

weeks AS (
    SELECT DISTINCT
        basis,
        user_id,
        week_of(first_day) AS cohort_start,
        int_div(days_between(week_of(first_day), week_of(day)), 7) AS periods_since
    FROM days
),

months AS (
    SELECT DISTINCT
        basis,
        user_id,
        month_of(first_day) AS cohort_start,
        months_diff(month_of(first_day), month_of(day)) AS periods_since
    FROM days
),

periods AS (
    SELECT basis, 'week' AS period_grain, user_id, cohort_start, periods_since
    FROM weeks
    UNION ALL
    SELECT basis, 'month', user_id, cohort_start, periods_since
    FROM months
)

SELECT
    basis,
    period_grain,
    user_id,
    cohort_start,
    periods_since,
    periods_since = max(periods_since) OVER (PARTITION BY basis, period_grain, user_id) AS is_last
FROM periods
