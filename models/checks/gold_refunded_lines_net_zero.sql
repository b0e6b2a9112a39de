/*
check: gold_refunded_lines_net_zero
on: gold.order_lines
severity: fail
what: Each line of an order that was refunded in full nets 0.
scope: [record_key]
reads:
  gold.order_lines: order_item_id
  gold.orders: order_id = gold.order_lines.order_id
*/
SELECT
    l.order_item_id AS record_key,
    'order ' || l.order_id || ' was refunded in full, but this line nets ' || as_text(l.net_minor) AS reason
FROM gold.order_lines AS l
JOIN gold.orders AS o ON o.order_id = l.order_id
WHERE o.paid_minor = o.refunded_minor
    AND l.net_minor <> 0
