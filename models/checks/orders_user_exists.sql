/*
check: user_exists
on: silver.orders
severity: warn
what: >
  The user of an order is known, where a source of users is configured.
scope: [record_key]
reads:
  silver.orders: order_id
  silver.users: user_id = silver.orders.user_id
*/
SELECT
    t.order_id AS record_key,
    'user_id ' || t.user_id || ' is not in silver.users' AS reason
FROM silver.orders AS t
LEFT JOIN silver.users AS p ON p.user_id = t.user_id
WHERE t.user_id IS NOT NULL
    AND p.user_id IS NULL
    AND EXISTS (SELECT 1 FROM config.sources WHERE table_name = 'users')
