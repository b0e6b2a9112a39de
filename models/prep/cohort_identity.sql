/*
name: prep.cohort_identity
grain: [subject]
what: >
  Where the net money of the ledger stands for cohorts: in the last month of gold.cohort_ltv that is over, with
  guests, with customers who have refunds only (no cohort), and in the month that is not over. Each part is computed
  once from the entries of the ledger (expected) and once from Gold (actual). That the entries are all of the ledger
  is compared by prep.mart_money, for gold.revenue_daily is their sum.
*/
WITH clock AS (
    SELECT month_of(as_of_day) AS open_month
    FROM gold.as_of
),

entries AS (
    SELECT
        e.user_id,
        CASE WHEN e.payment_status = 'SUCCESS' THEN e.day END AS paid_day,
        CASE WHEN e.payment_status = 'SUCCESS' THEN e.amount_minor ELSE -e.amount_minor END AS net_minor,
        e.day < c.open_month AS is_month_over
    FROM prep.payment_entries AS e
    CROSS JOIN clock AS c
    WHERE e.payment_status IN ('SUCCESS', 'REFUNDED')
),

customers AS (
    SELECT user_id, is_month_over, min(paid_day) AS first_paid_day, sum(net_minor) AS net_minor
    FROM entries
    GROUP BY user_id, is_month_over
),

dated AS (
    SELECT user_id, is_month_over, min(first_paid_day) OVER (PARTITION BY user_id) AS first_paid_day, net_minor
    FROM customers
),

ledger AS (
    SELECT
        CASE WHEN d.user_id IS NULL THEN 'guests'
             WHEN d.first_paid_day IS NULL THEN 'customers with refunds only'
             WHEN d.first_paid_day < c.open_month AND d.is_month_over THEN 'gold.cohort_ltv'
             ELSE 'cohorts, month not over' END AS subject,
        d.net_minor
    FROM dated AS d
    CROSS JOIN clock AS c
),

marts AS (
    SELECT 'gold.cohort_ltv' AS subject, l.cumulative_net_minor AS net_minor
    FROM gold.cohort_ltv AS l
    CROSS JOIN clock AS c
    WHERE plus_months(l.cohort_month, l.months_since + 1) = c.open_month
    UNION ALL
    SELECT 'guests', net_minor
    FROM gold.orders
    WHERE user_id IS NULL
    UNION ALL
    SELECT 'customers with refunds only', net_minor
    FROM gold.customers
    WHERE paid_orders = 0
    UNION ALL
    SELECT 'cohorts, month not over', m.net_minor
    FROM prep.cohort_money AS m
    CROSS JOIN clock AS c
    WHERE plus_months(m.cohort_month, m.months_since) >= c.open_month
),

sides AS (
    SELECT subject, net_minor AS expected, 0 AS actual
    FROM ledger
    UNION ALL
    SELECT subject, 0, net_minor
    FROM marts
)

SELECT subject, cast(sum(expected) AS bigint) AS expected, cast(sum(actual) AS bigint) AS actual
FROM sides
GROUP BY subject
