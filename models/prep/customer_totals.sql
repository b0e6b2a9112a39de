/*
name: prep.customer_totals
grain: [user_id]
what: >
  What each customer ordered and paid so far: every user of the users feed, and every user that only orders name.
  First and last paid are the instants of the customer's first and last successful payment.
scope: [user_id]
reads:
  silver.users: user_id
  gold.orders: user_id
  prep.payment_entries: user_id
*/
WITH ids AS (
    SELECT user_id, TRUE AS is_known
    FROM silver.users
    UNION ALL
    SELECT DISTINCT user_id, FALSE
    FROM gold.orders
    WHERE user_id IS NOT NULL
),

users AS (
    SELECT user_id, max(CASE WHEN is_known THEN 1 ELSE 0 END) = 1 AS is_known
    FROM ids
    GROUP BY user_id
),

orders AS (
    SELECT
        user_id,
        count(*) AS orders,
        count(*) FILTER (WHERE is_paid) AS paid_orders,
        cast(sum(paid_minor) AS bigint) AS gross_minor,
        cast(sum(refunded_minor) AS bigint) AS refunds_minor
    FROM gold.orders
    WHERE user_id IS NOT NULL
    GROUP BY user_id
),

payments AS (
    SELECT user_id, min(payment_at) AS first_paid_at, max(payment_at) AS last_paid_at
    FROM prep.payment_entries
    WHERE payment_status = 'SUCCESS'
        AND user_id IS NOT NULL
    GROUP BY user_id
)

SELECT
    u.user_id,
    p.first_paid_at,
    p.last_paid_at,
    business_day(p.first_paid_at) AS first_paid_day,
    business_day(p.last_paid_at) AS last_paid_day,
    coalesce(o.orders, 0) AS orders,
    coalesce(o.paid_orders, 0) AS paid_orders,
    coalesce(o.gross_minor, 0) AS gross_minor,
    coalesce(o.refunds_minor, 0) AS refunds_minor,
    u.is_known
FROM users AS u
LEFT JOIN orders AS o ON o.user_id = u.user_id
LEFT JOIN payments AS p ON p.user_id = u.user_id
