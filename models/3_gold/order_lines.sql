/*
name: gold.order_lines
grain: [order_item_id]
what: >
  One row a sold line: quantity and unit price as sold, list price and category as of the order's time, and its
  share of the order's money, so that the lines of an order sum exactly to it. Money of an order without items
  stands on one line (none). Refunds name no item, so they are shared like the payments.
file_per_month: order_day
scope: [order_id]
reads:
  silver.order_items: order_id
  prep.order_line_catalogue: order_item_id = silver.order_items.order_item_id
  prep.order_line_entries: order_id
  prep.order_payments: order_id
  gold.orders: order_id
*/
WITH money AS (
    SELECT
        order_item_id,
        cast(coalesce(sum(amount_minor) FILTER (WHERE payment_status = 'SUCCESS'), 0) AS bigint) AS paid_minor,
        cast(coalesce(sum(amount_minor) FILTER (WHERE payment_status = 'REFUNDED'), 0) AS bigint) AS refunded_minor
    FROM prep.order_line_entries
    GROUP BY order_item_id
),

lines AS (
    SELECT
        i.order_item_id,
        i.order_id,
        coalesce(i.product_id, '(unknown)') AS product_id,
        c.category,
        i.quantity,
        i.unit_price_minor,
        mul_div(i.quantity, i.unit_price_minor, 1) AS line_minor,
        c.list_price_minor,
        c.is_list_price_assumed,
        coalesce(m.paid_minor, 0) AS paid_minor,
        coalesce(m.refunded_minor, 0) AS refunded_minor
    FROM silver.order_items AS i
    JOIN prep.order_line_catalogue AS c ON c.order_item_id = i.order_item_id
    LEFT JOIN money AS m ON m.order_item_id = i.order_item_id
    UNION ALL
    SELECT
        '(none):' || p.order_id, p.order_id, '(none)', '(none)', 0, NULL, 0, NULL, FALSE, p.paid_minor, p.refunded_minor
    FROM prep.order_payments AS p
    WHERE p.successes + p.refunds > 0
        AND NOT EXISTS (SELECT 1 FROM silver.order_items AS i WHERE i.order_id = p.order_id)
)

SELECT
    l.order_item_id,
    l.order_id,
    o.user_id,
    l.product_id,
    l.category,
    o.order_day,
    l.quantity,
    l.unit_price_minor,
    l.line_minor,
    l.list_price_minor,
    l.is_list_price_assumed,
    l.paid_minor,
    l.refunded_minor,
    l.paid_minor - l.refunded_minor AS net_minor
FROM lines AS l
JOIN gold.orders AS o ON o.order_id = l.order_id
