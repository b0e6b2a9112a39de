/*
name: prep.order_line_entries
grain: [order_item_id, payment_id, payment_status, payment_at]
what: >
  The money of each capture and refund, shared among the lines of its order in proportion to quantity × unit price
  (if all are 0, to quantity; if all of those are 0, equally). Totals are shared by largest remainder, ties by
  order_item_id. An entry gives a line the share of the total up to it minus the share of the total before it, so
  the lines always sum to the order, and a fully refunded order nets 0 on each line. An order without items has
  one line, (none):order_id.
scope: [order_id]
reads:
  silver.order_items: order_id
  silver.payments: order_id
*/
WITH items AS (
    SELECT
        order_id,
        order_item_id,
        coalesce(quantity, 0) AS quantity,
        coalesce(mul_div(quantity, unit_price_minor, 1), 0) AS sold_minor
    FROM silver.order_items
),

weighted AS (
    SELECT
        order_id,
        order_item_id,
        CASE WHEN sum(sold_minor) OVER (PARTITION BY order_id) > 0 THEN sold_minor
             WHEN sum(quantity) OVER (PARTITION BY order_id) > 0 THEN quantity
             ELSE 1 END AS weight
    FROM items
),

lines AS (
    SELECT order_id, order_item_id, weight, cast(sum(weight) OVER (PARTITION BY order_id) AS bigint) AS weights
    FROM weighted
),

entries AS (
    SELECT
        order_id, payment_id, payment_status, payment_at,
        cast(sum(amount_minor) OVER (PARTITION BY order_id, payment_status ORDER BY payment_at NULLS LAST,
            payment_id NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bigint) AS total_minor
    FROM silver.payments
    WHERE payment_status IN ('SUCCESS', 'REFUNDED')
),

shares AS (
    SELECT
        e.order_id, e.payment_id, e.payment_status, e.payment_at, e.total_minor,
        coalesce(l.order_item_id, '(none):' || e.order_id) AS order_item_id,
        mul_div(e.total_minor, coalesce(l.weight, 1), coalesce(l.weights, 1)) AS floor_minor,
        mul_mod(e.total_minor, coalesce(l.weight, 1), coalesce(l.weights, 1)) AS remainder
    FROM entries AS e
    LEFT JOIN lines AS l ON l.order_id = e.order_id
),

ranked AS (
    SELECT
        order_id, payment_id, payment_status, payment_at, order_item_id, floor_minor,
        row_number() OVER (PARTITION BY payment_id, payment_status, payment_at
            ORDER BY remainder DESC NULLS LAST, order_item_id NULLS LAST) AS place,
        total_minor - cast(sum(floor_minor) OVER (PARTITION BY payment_id, payment_status, payment_at) AS bigint)
            AS left_minor
    FROM shares
),

cumulative AS (
    SELECT
        order_id, payment_id, payment_status, payment_at, order_item_id,
        floor_minor + CASE WHEN place <= left_minor THEN 1 ELSE 0 END AS share_minor
    FROM ranked
)

SELECT
    order_item_id, order_id, payment_id, payment_status, payment_at,
    share_minor - coalesce(lag(share_minor) OVER (PARTITION BY order_item_id, payment_status
        ORDER BY payment_at NULLS LAST, payment_id NULLS LAST), 0) AS amount_minor
FROM cumulative
