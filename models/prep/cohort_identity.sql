/*
name: prep.cohort_identity
grain: [subject]
what: >
  Where the net money of the ledger stands for cohorts: in the last month of gold.cohort_ltv that is over, with
  guests, with customers who have refunds only (no cohort), and in the month that is not over. Each part is computed
  once from the ledger (expected) and once from Gold (actual).
*/
WITH clock AS (
    SELECT month_of(as_of_day) AS open_month
    FROM gold.as_of
),

entries AS (
    SELECT
        o.user_id,
        month_of(business_day(p.payment_at)) AS entry_month,
        CASE WHEN p.payment_status = 'SUCCESS' THEN p.amount_minor ELSE -p.amount_minor END AS net_minor,
        min(CASE WHEN p.payment_status = 'SUCCESS' THEN p.payment_at END) OVER (PARTITION BY o.user_id) AS first_paid_at
    FROM silver.payments AS p
    JOIN silver.orders AS o ON o.order_id = p.order_id
    WHERE p.payment_status IN ('SUCCESS', 'REFUNDED')
),

ledger AS (
    SELECT
        CASE WHEN e.user_id IS NULL THEN 'guests'
             WHEN e.first_paid_at IS NULL THEN 'customers with refunds only'
             WHEN month_of(business_day(e.first_paid_at)) < c.open_month AND e.entry_month < c.open_month
             THEN 'gold.cohort_ltv' ELSE 'cohorts, month not over' END AS subject,
        e.net_minor
    FROM entries AS e
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
