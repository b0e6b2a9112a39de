-- What was ordered in a month beside what was paid and refunded in it. An order paid on several days is one paid order,
-- of the month of the first.
WITH intent AS (
    SELECT
        month_of(order_day) AS month,
        cast(sum(orders) AS bigint) AS orders,
        cast(sum(ordered_minor) AS bigint) AS ordered_minor,
        cast(sum(unpaid_minor) AS bigint) AS unpaid_minor,
        cast(sum(cancelled_minor) AS bigint) AS cancelled_minor
    FROM gold.intent_vs_revenue_daily
    GROUP BY month_of(order_day)
),
revenue AS (
    SELECT
        month_of(day) AS month,
        cast(sum(first_paid_orders) AS bigint) AS paid_orders,
        cast(sum(gross_minor) AS bigint) AS gross_minor,
        cast(sum(refunds_minor) AS bigint) AS refunds_minor,
        cast(sum(net_minor) AS bigint) AS net_minor
    FROM gold.revenue_daily
    GROUP BY month_of(day)
)
SELECT
    coalesce(i.month, r.month) AS month,
    i.orders,
    i.ordered_minor,
    i.unpaid_minor,
    i.cancelled_minor,
    r.paid_orders,
    r.gross_minor,
    r.refunds_minor,
    r.net_minor
FROM intent AS i
FULL JOIN revenue AS r ON r.month = i.month
ORDER BY 1
