/*
check: gold_order_lines_sum
on: gold.orders
severity: fail
what: The lines of an order sum exactly to its paid and refunded money.
scope: [record_key]
reads:
  gold.orders: order_id
  gold.order_lines: order_id
*/
WITH lines AS (
    SELECT order_id, sum(paid_minor) AS paid_minor, sum(refunded_minor) AS refunded_minor
    FROM gold.order_lines
    GROUP BY order_id
)

SELECT
    o.order_id AS record_key,
    'paid ' || as_text(o.paid_minor) || ' and refunded ' || as_text(o.refunded_minor) || ', but its lines have '
        || as_text(coalesce(l.paid_minor, 0)) || ' and ' || as_text(coalesce(l.refunded_minor, 0)) AS reason
FROM gold.orders AS o
LEFT JOIN lines AS l ON l.order_id = o.order_id
WHERE o.paid_minor <> coalesce(l.paid_minor, 0)
    OR o.refunded_minor <> coalesce(l.refunded_minor, 0)
