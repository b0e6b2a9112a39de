/*
name: gold.retention_cohorts
grain: [cohort_start, period_grain, basis, periods_since]
what: >
  Of the users whose first paid order (or first event) fell in an ISO week or a month, how many were active again k
  weeks or months later (bounded), and how many in that period or any later one (unbounded). One row for each k up to
  the period that holds the data clock; a period that is not over is unknown, and unbounded restates.
scope: [basis, period_grain, cohort_start]
reads:
  prep.cohort_periods: basis, period_grain, cohort_start
  prep.numbers: all
  gold.as_of: all
*/
WITH cohorts AS (
    SELECT
        p.basis,
        p.period_grain,
        p.cohort_start,
        p.active AS customers,
        c.as_of_day,
        CASE WHEN p.period_grain = 'week' THEN int_div(days_between(p.cohort_start, week_of(c.as_of_day)), 7)
             ELSE months_diff(p.cohort_start, month_of(c.as_of_day)) END AS last_period
    FROM prep.cohort_periods AS p
    CROSS JOIN gold.as_of AS c
    WHERE p.periods_since = 0
),

grid AS (
    SELECT
        c.basis,
        c.period_grain,
        c.cohort_start,
        n.n AS periods_since,
        c.customers,
        coalesce(p.active, 0) AS active,
        cast(sum(coalesce(p.last_active, 0)) OVER (
            PARTITION BY c.basis, c.period_grain, c.cohort_start
            ORDER BY n.n DESC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS bigint) AS active_or_later,
        c.as_of_day > CASE WHEN c.period_grain = 'week' THEN plus_days(c.cohort_start, 7 * n.n + 6)
                           ELSE plus_days(plus_months(c.cohort_start, n.n + 1), -1) END AS is_over
    FROM cohorts AS c
    JOIN prep.numbers AS n ON n.n <= c.last_period
    LEFT JOIN prep.cohort_periods AS p ON p.basis = c.basis
        AND p.period_grain = c.period_grain
        AND p.cohort_start = c.cohort_start
        AND p.periods_since = n.n
)

SELECT
    cohort_start,
    period_grain,
    basis,
    periods_since,
    customers,
    CASE WHEN is_over THEN active END AS active,
    CASE WHEN is_over THEN active_or_later END AS active_or_later,
    CASE WHEN is_over THEN ratio(active, customers) END AS retention_rate,
    CASE WHEN is_over THEN ratio(active_or_later, customers) END AS unbounded_rate
FROM grid
