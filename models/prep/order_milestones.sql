/*
name: prep.order_milestones
grain: [order_id]
what: >
  How long an order took, from its status history: from the first CREATED (else the order's time) to the first
  PAID, and from the first PAID to the first SHIPPED, in whole seconds. A missing or negative pair is unknown.
scope: [order_id]
reads:
  silver.orders: order_id
  silver.order_status_history: order_id
*/
WITH milestones AS (
    SELECT
        order_id,
        min(CASE WHEN order_status = 'CREATED' THEN status_at END) AS created_at,
        min(CASE WHEN order_status = 'PAID' THEN status_at END) AS paid_at,
        min(CASE WHEN order_status = 'SHIPPED' THEN status_at END) AS shipped_at
    FROM silver.order_status_history
    GROUP BY order_id
),

started AS (
    SELECT
        o.order_id,
        o.created_at AS ordered_at,
        coalesce(m.created_at, o.created_at) AS created_at,
        m.paid_at,
        m.shipped_at,
        o.illegal_transitions
    FROM silver.orders AS o
    LEFT JOIN milestones AS m ON m.order_id = o.order_id
)

SELECT
    order_id,
    business_day(ordered_at) AS order_day,
    illegal_transitions,
    CASE WHEN paid_at >= created_at THEN seconds_between(created_at, paid_at) END AS seconds_to_paid,
    CASE WHEN shipped_at >= paid_at THEN seconds_between(paid_at, shipped_at) END AS seconds_paid_to_shipped
FROM started
