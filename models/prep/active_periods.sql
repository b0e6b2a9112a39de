/*
name: prep.active_periods
grain: [basis, period_grain, user_id, periods_since]
what: >
  The ISO weeks and the months in which a user was active, counted from the first: that period is the user's
  cohort and number 0. The last one of each user is marked.
scope: [basis, user_id]
reads:
  prep.active_days: basis, user_id
*/
WITH bounds AS (
    SELECT basis, user_id, min(day) AS first_day, max(day) AS last_day
    FROM prep.active_days
    GROUP BY basis, user_id
),

weeks AS (
    SELECT DISTINCT
        b.basis,
        b.user_id,
        week_of(b.first_day) AS cohort_start,
        int_div(days_between(week_of(b.first_day), week_of(d.day)), 7) AS periods_since,
        week_of(d.day) = week_of(b.last_day) AS is_last
    FROM prep.active_days AS d
    JOIN bounds AS b ON b.basis = d.basis AND b.user_id = d.user_id
),

months AS (
    SELECT DISTINCT
        b.basis,
        b.user_id,
        month_of(b.first_day) AS cohort_start,
        months_diff(month_of(b.first_day), month_of(d.day)) AS periods_since,
        month_of(d.day) = month_of(b.last_day) AS is_last
    FROM prep.active_days AS d
    JOIN bounds AS b ON b.basis = d.basis AND b.user_id = d.user_id
)

SELECT basis, 'week' AS period_grain, user_id, cohort_start, periods_since, is_last
FROM weeks
UNION ALL
SELECT basis, 'month', user_id, cohort_start, periods_since, is_last
FROM months
