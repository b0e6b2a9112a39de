/*
check: gold_money_without_items
on: gold.order_lines
severity: warn
what: Money of orders without items, which no product or category can be given.
scope: [record_key]
reads:
  gold.order_lines: order_item_id
*/
SELECT order_item_id AS record_key, 'no items for ' || as_text(net_minor) || ' (net, minor units)' AS reason
FROM gold.order_lines
WHERE product_id = '(none)'
    AND (paid_minor <> 0 OR refunded_minor <> 0)
