/*
name: prep.cohort_money
grain: [cohort_month, months_since]
what: >
  Net money of a cohort's customers by the months between the cohort's month and the entry's own. A refund dated
  before the cohort month counts in month 0.
scope: [cohort_month]
reads:
  prep.customer_cohorts: cohort_month
  prep.payment_entries: user_id = prep.customer_cohorts.user_id
*/
WITH entries AS (
    SELECT
        c.cohort_month,
        greatest(months_diff(c.cohort_month, month_of(e.day)), 0) AS months_since,
        CASE WHEN e.payment_status = 'SUCCESS' THEN e.amount_minor ELSE -e.amount_minor END AS net_minor
    FROM prep.payment_entries AS e
    JOIN prep.customer_cohorts AS c ON c.user_id = e.user_id
    WHERE e.payment_status IN ('SUCCESS', 'REFUNDED')
)

SELECT cohort_month, months_since, cast(sum(net_minor) AS bigint) AS net_minor
FROM entries
GROUP BY cohort_month, months_since
