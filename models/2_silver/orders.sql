/*
name: silver.orders
grain: [order_id]
what: >
  One row an order. The latest status by source time wins; user, amount and order time are those it was created with,
  and later differing values only raise a flag. cancelled_at is when the present cancellation began. In a lake without a
  source of orders there is an inferred row, without status and user, for each order that a payment or an item names and
  of which no row came while there was one.
scope: [order_id]
reads:
  prep.order_rows: order_id
  silver.order_status_history: order_id
  silver.payments: order_id
  silver.order_items: order_id
*/
WITH creation AS (
    SELECT
        order_id,
        max(CASE WHEN gives_user THEN user_id END) AS user_id,
        max(CASE WHEN gives_amount THEN amount_minor END) AS order_amount_minor,
        coalesce(max(CASE WHEN gives_time THEN ordered_at END), min(status_at)) AS created_at,
        count(DISTINCT amount_minor) > 1 AS has_conflicting_amount,
        count(DISTINCT user_id) > 1 AS has_conflicting_user
    FROM prep.order_rows
    GROUP BY order_id
),

history AS (
    SELECT
        order_id,
        max(status_at) AS status_at,
        count(*) FILTER (WHERE is_illegal_transition) AS illegal_transitions,
        count(*) FILTER (WHERE order_status = 'PAID') AS paid_states
    FROM silver.order_status_history
    GROUP BY order_id
),

seen AS (
    SELECT order_id, payment_at FROM silver.payments
    UNION ALL
    SELECT order_id, NULL AS payment_at FROM silver.order_items
),

inferred AS (
    SELECT s.order_id, min(s.payment_at) AS created_at
    FROM seen AS s
    LEFT JOIN creation AS c ON c.order_id = s.order_id
    WHERE c.order_id IS NULL AND NOT EXISTS (SELECT 1 FROM config.sources WHERE table_name = 'orders')
    GROUP BY s.order_id
)

SELECT
    l.order_id, c.user_id, l.order_status, l.source_status, c.order_amount_minor, c.created_at, h.status_at,
    CASE WHEN l.order_status = 'CANCELLED' THEN h.status_at END AS cancelled_at,
    h.illegal_transitions, h.illegal_transitions > 0 AS has_illegal_transition,
    l.order_status = 'CANCELLED' AND h.paid_states > 0 AS is_cancelled_after_paid_status,
    c.has_conflicting_amount, c.has_conflicting_user, FALSE AS is_inferred, l.source_system,
    l._batch_id, l._source_file, l._source_row
FROM prep.order_rows AS l
INNER JOIN creation AS c ON c.order_id = l.order_id
INNER JOIN history AS h ON h.order_id = l.order_id
WHERE l.is_latest
UNION ALL
SELECT
    order_id, NULL AS user_id, NULL AS order_status, NULL AS source_status, NULL AS order_amount_minor, created_at,
    NULL AS status_at, NULL AS cancelled_at, 0 AS illegal_transitions, FALSE AS has_illegal_transition,
    FALSE AS is_cancelled_after_paid_status, FALSE AS has_conflicting_amount, FALSE AS has_conflicting_user,
    TRUE AS is_inferred, NULL AS source_system, NULL AS _batch_id, NULL AS _source_file, NULL AS _source_row
FROM inferred
