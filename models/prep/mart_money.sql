/*
name: prep.mart_money
grain: [subject]
what: >
  What each revenue mart says came in and went back, over all its rows. Customers leave guests out, so the money of
  guests is added to theirs.
*/
WITH marts AS (
    SELECT 'gold.orders' AS subject, sum(paid_minor) AS gross_minor, sum(refunded_minor) AS refunds_minor
    FROM gold.orders
    UNION ALL
    SELECT 'gold.order_lines', sum(paid_minor), sum(refunded_minor)
    FROM gold.order_lines
    UNION ALL
    SELECT 'gold.revenue_daily', sum(gross_minor), sum(refunds_minor)
    FROM gold.revenue_daily
    UNION ALL
    SELECT 'gold.revenue_daily, new + repeat + guest',
        sum(new_customer_minor + repeat_customer_minor + guest_minor), sum(refunds_minor)
    FROM gold.revenue_daily
    UNION ALL
    SELECT 'gold.revenue_by_order_day', sum(gross_minor), sum(refunds_minor)
    FROM gold.revenue_by_order_day
    UNION ALL
    SELECT 'gold.intent_vs_revenue_daily', sum(paid_minor), sum(refunded_minor)
    FROM gold.intent_vs_revenue_daily
    UNION ALL
    SELECT 'gold.product_daily', sum(gross_minor), sum(refunds_minor)
    FROM gold.product_daily
    UNION ALL
    SELECT 'gold.category_daily', sum(gross_minor), sum(refunds_minor)
    FROM gold.category_daily
    UNION ALL
    SELECT 'gold.customers + guests', sum(gross_minor), sum(refunds_minor)
    FROM gold.customers
    UNION ALL
    SELECT 'gold.customers + guests', sum(paid_minor), sum(refunded_minor)
    FROM gold.orders
    WHERE user_id IS NULL
)

SELECT
    subject,
    cast(coalesce(sum(gross_minor), 0) AS bigint) AS gross_minor,
    cast(coalesce(sum(refunds_minor), 0) AS bigint) AS refunds_minor
FROM marts
GROUP BY subject
