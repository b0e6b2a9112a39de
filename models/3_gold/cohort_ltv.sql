/*
name: gold.cohort_ltv
grain: [cohort_month, months_since]
what: >
  What a customer of a cohort has brought so far: net money up to k months after the month of the first paid
  order, over all customers of the cohort, whether they came back or not. A refund counts in its own month. One row
  for each k up to the month that holds the data clock; a month that is not over is unknown.
scope: [cohort_month]
reads:
  prep.cohort_repeats: cohort_month
  prep.cohort_money: cohort_month
  prep.numbers: all
  gold.as_of: all
*/
WITH cohorts AS (
    SELECT
        r.cohort_month,
        r.customers,
        c.as_of_day,
        months_diff(r.cohort_month, month_of(c.as_of_day)) AS last_month
    FROM prep.cohort_repeats AS r
    CROSS JOIN gold.as_of AS c
),

grid AS (
    SELECT
        c.cohort_month,
        n.n AS months_since,
        c.customers,
        cast(sum(coalesce(m.net_minor, 0)) OVER (
            PARTITION BY c.cohort_month ORDER BY n.n NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS bigint) AS cumulative_net_minor,
        c.as_of_day >= plus_months(c.cohort_month, n.n + 1) AS is_over
    FROM cohorts AS c
    JOIN prep.numbers AS n ON n.n <= c.last_month
    LEFT JOIN prep.cohort_money AS m ON m.cohort_month = c.cohort_month AND m.months_since = n.n
)

SELECT
    cohort_month,
    months_since,
    customers,
    CASE WHEN is_over THEN cumulative_net_minor END AS cumulative_net_minor,
    CASE WHEN is_over THEN round_div(cumulative_net_minor, customers) END AS ltv_minor
FROM grid
