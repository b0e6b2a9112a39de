-- Every time that an order carries is a state of its own. A status word without a time of its own (canceled, unavailable,
-- invoiced, processing) holds since the last known one.
WITH amounts AS (
    SELECT order_id, sum(cast(price AS decimal(18, 4)) + cast(freight_value AS decimal(18, 4))) AS order_amount
    FROM items
    GROUP BY order_id
),
states AS (
    SELECT order_id, 'created' AS order_status, order_purchase_timestamp AS updated_at FROM orders
    UNION ALL
    SELECT order_id, 'approved', order_approved_at FROM orders
    UNION ALL
    SELECT order_id, 'shipped', order_delivered_carrier_date FROM orders
    UNION ALL
    SELECT order_id, 'delivered', order_delivered_customer_date FROM orders
    UNION ALL
    SELECT order_id, order_status,
        greatest(order_purchase_timestamp, order_approved_at, order_delivered_carrier_date, order_delivered_customer_date)
    FROM orders
    WHERE CASE order_status
        WHEN 'created' THEN order_purchase_timestamp
        WHEN 'approved' THEN order_approved_at
        WHEN 'shipped' THEN order_delivered_carrier_date
        WHEN 'delivered' THEN order_delivered_customer_date
    END IS NULL
)
SELECT
    s.order_id,
    c.customer_unique_id AS user_id,
    s.order_status,
    a.order_amount,
    o.order_purchase_timestamp AS order_ts,
    s.updated_at
FROM states AS s
JOIN orders AS o ON o.order_id = s.order_id
LEFT JOIN customers AS c ON c.customer_id = o.customer_id
LEFT JOIN amounts AS a ON a.order_id = s.order_id
WHERE s.updated_at IS NOT NULL
