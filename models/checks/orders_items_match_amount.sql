/*
check: items_match_amount
on: silver.orders
severity: warn
what: >
  The items of an order add up to its amount, where it has both.
scope: [record_key]
reads:
  silver.orders: order_id
  silver.order_items: order_id
*/
WITH totals AS (
    SELECT order_id, cast(sum(mul_div(quantity, unit_price_minor, 1)) AS bigint) AS items_minor
    FROM silver.order_items
    GROUP BY order_id
)

SELECT
    o.order_id AS record_key,
    'order ' || o.order_id || ' is ' || as_text(o.order_amount_minor) || ' minor units, its items '
    || as_text(t.items_minor) AS reason
FROM silver.orders AS o
INNER JOIN totals AS t ON t.order_id = o.order_id
WHERE o.order_amount_minor <> t.items_minor
