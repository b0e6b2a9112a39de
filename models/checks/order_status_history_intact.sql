/*
check: history_intact
on: silver.order_status_history
severity: fail
what: >
  States follow each other without gap, each differs from the next, and the last one is the order's.
scope: [record_key]
reads:
  silver.order_status_history: order_id
  silver.orders: order_id
*/
WITH neighbours AS (
    SELECT
        order_id, status_at, order_status, next_status_at, duration_seconds,
        lead(status_at) OVER timeline AS following_at,
        lead(order_status) OVER timeline AS following_status
    FROM silver.order_status_history AS h
    WINDOW timeline AS (
        PARTITION BY order_id
        ORDER BY status_at, CASE order_status WHEN 'CREATED' THEN 1 WHEN 'PAID' THEN 2 WHEN 'SHIPPED' THEN 3 ELSE 4 END
    )
),

judged AS (
    SELECT
        n.order_id, n.status_at, n.order_status,
        CASE
            WHEN n.next_status_at IS DISTINCT FROM n.following_at THEN 'does not end where the next begins'
            WHEN n.order_status = n.following_status THEN 'equals the next'
            WHEN n.duration_seconds < 0 THEN 'ends before it begins'
            WHEN n.following_at IS NULL AND n.order_status IS DISTINCT FROM o.order_status
                THEN 'is last, but not the order''s'
        END AS fault
    FROM neighbours AS n
    LEFT JOIN silver.orders AS o ON o.order_id = n.order_id
)

SELECT
    order_id AS record_key,
    order_status || ' of order ' || order_id || ' from ' || as_text(status_at) || ' ' || fault AS reason
FROM judged
WHERE fault IS NOT NULL
