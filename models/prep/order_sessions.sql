/*
name: prep.order_sessions
grain: [order_id]
what: >
  The session an order is attributed to. Candidates are the sessions of the order's user with a checkout (clock
  not skewed) from one funnel window before the order's time to the skew tolerance after it. The latest such
  checkout wins; of sessions that check out at the same instant, the greatest session_id. Orders of guests and
  orders without a candidate have no row.
scope: [user_id]
timeline:
  at: checkout_at
  during:
    silver.orders: plus_seconds(created_at, -funnel_window_seconds()) to plus_seconds(created_at, skew_tolerance_seconds())
    silver.sessions: started_at to ended_at
reads:
  silver.orders: user_id
  silver.sessions: resolved_user_id where checkouts > 0
  silver.events: session_id = silver.sessions.session_id where event_type = 'checkout'
*/
WITH checkouts AS (
    SELECT s.resolved_user_id AS user_id, e.event_at AS checkout_at, max(e.session_id) AS session_id
    FROM silver.events AS e
    JOIN silver.sessions AS s ON s.session_id = e.session_id
    WHERE e.event_type = 'checkout'
        AND NOT e.is_clock_skewed
        AND s.resolved_user_id IS NOT NULL
    GROUP BY s.resolved_user_id, e.event_at
),

orders AS (
    SELECT order_id, user_id, created_at, plus_seconds(created_at, skew_tolerance_seconds()) AS latest_at
    FROM silver.orders
    WHERE user_id IS NOT NULL
        AND created_at IS NOT NULL
),

-- Orders among the checkouts of their user, so that one pass finds the last checkout for each order.
timeline AS (
    SELECT user_id, latest_at AS seen_at, cast(NULL AS timestamp) AS checkout_at, created_at, order_id
    FROM orders
    UNION ALL
    SELECT user_id, checkout_at, checkout_at, NULL, NULL
    FROM checkouts
),

latest AS (
    SELECT
        order_id,
        user_id,
        created_at,
        max(checkout_at) OVER (PARTITION BY user_id ORDER BY seen_at NULLS LAST) AS checkout_at
    FROM timeline
)

SELECT l.order_id, l.user_id, c.session_id, c.checkout_at
FROM latest AS l
JOIN checkouts AS c ON c.user_id = l.user_id AND c.checkout_at = l.checkout_at
WHERE l.order_id IS NOT NULL
    AND l.checkout_at >= plus_seconds(l.created_at, -funnel_window_seconds())
