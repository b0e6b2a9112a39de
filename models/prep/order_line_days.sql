/*
name: prep.order_line_days
grain: [order_item_id, day]
what: >
  What a line brought on each day: captures on the payment day, refunds on the refund day. Its units and its sold
  money (quantity × unit price) stand once, on the order's first paid day. Where both prices are known and the list
  price is not assumed, the line is also compared: units, sold and list money of the same lines.
scope: [order_id]
reads:
  prep.order_line_entries: order_id
  gold.order_lines: order_id
  gold.orders: order_id
*/
WITH entries AS (
    SELECT
        order_item_id,
        business_day(payment_at) AS day,
        cast(coalesce(sum(amount_minor) FILTER (WHERE payment_status = 'SUCCESS'), 0) AS bigint) AS gross_minor,
        cast(coalesce(sum(amount_minor) FILTER (WHERE payment_status = 'REFUNDED'), 0) AS bigint) AS refunds_minor
    FROM prep.order_line_entries
    GROUP BY order_item_id, business_day(payment_at)
),

days AS (
    SELECT
        e.order_item_id,
        e.day,
        l.order_id,
        l.product_id,
        l.category,
        e.gross_minor,
        e.refunds_minor,
        coalesce(e.day = business_day(o.first_paid_at), FALSE) AS is_first_paid_day,
        l.quantity,
        l.line_minor,
        CASE WHEN l.line_minor IS NOT NULL AND NOT l.is_list_price_assumed
             THEN mul_div(l.quantity, l.list_price_minor, 1) END AS list_minor
    FROM entries AS e
    JOIN gold.order_lines AS l ON l.order_item_id = e.order_item_id
    JOIN gold.orders AS o ON o.order_id = l.order_id
)

SELECT
    order_item_id,
    day,
    order_id,
    product_id,
    category,
    gross_minor,
    refunds_minor,
    is_first_paid_day,
    CASE WHEN is_first_paid_day THEN quantity END AS units,
    CASE WHEN is_first_paid_day THEN line_minor END AS sold_minor,
    CASE WHEN is_first_paid_day AND line_minor IS NOT NULL THEN quantity END AS priced_units,
    CASE WHEN is_first_paid_day AND list_minor IS NOT NULL THEN quantity END AS compared_units,
    CASE WHEN is_first_paid_day AND list_minor IS NOT NULL THEN line_minor END AS compared_sold_minor,
    CASE WHEN is_first_paid_day THEN list_minor END AS compared_list_minor
FROM days
