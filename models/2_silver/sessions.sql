/*
name: silver.sessions
grain: [session_id]
what: >
  One row a session, as the feed cuts them. Times, counts and flags speak of events whose clock can be believed; skewed
  ones are only counted, and a session of nothing else has no times. Device and pointer are those of the first event.
scope: [session_id]
reads:
  silver.events: session_id
  prep.session_users: session_id
*/
WITH totals AS (
    SELECT
        session_id,
        min(event_at) AS any_event_at,
        min(event_at) FILTER (WHERE NOT is_clock_skewed) AS started_at,
        max(event_at) FILTER (WHERE NOT is_clock_skewed) AS ended_at,
        count(*) FILTER (WHERE NOT is_clock_skewed) AS events,
        count(*) FILTER (WHERE NOT is_clock_skewed AND event_type = 'view') AS views,
        count(*) FILTER (WHERE NOT is_clock_skewed AND event_type = 'add_to_cart') AS add_to_carts,
        count(*) FILTER (WHERE NOT is_clock_skewed AND event_type = 'checkout') AS checkouts,
        min(event_at) FILTER (WHERE NOT is_clock_skewed AND event_type = 'view') AS first_view_at,
        min(event_at) FILTER (WHERE NOT is_clock_skewed AND event_type = 'add_to_cart') AS first_add_to_cart_at,
        min(event_at) FILTER (WHERE NOT is_clock_skewed AND event_type = 'checkout') AS first_checkout_at,
        coalesce(
            min(user_id) FILTER (WHERE NOT is_clock_skewed) <> max(user_id) FILTER (WHERE NOT is_clock_skewed), FALSE
        ) AS is_multi_user,
        coalesce(
            min(device_type) FILTER (WHERE NOT is_clock_skewed)
            <> max(device_type) FILTER (WHERE NOT is_clock_skewed), FALSE
        ) AS is_multi_device,
        count(*) FILTER (WHERE is_clock_skewed) AS skewed_events
    FROM silver.events
    WHERE session_id IS NOT NULL
    GROUP BY session_id
),

openings AS (
    SELECT
        e.session_id, e.device_type, e._batch_id, e._source_file, e._source_row,
        row_number() OVER (PARTITION BY e.session_id ORDER BY e.event_id) AS rank_among_first
    FROM silver.events AS e
    INNER JOIN totals AS t
        ON t.session_id = e.session_id
        AND e.event_at = coalesce(t.started_at, t.any_event_at)
        AND e.is_clock_skewed = (t.started_at IS NULL)
)

SELECT
    t.session_id, u.user_id AS resolved_user_id, o.device_type, t.started_at, t.ended_at,
    t.events, t.views, t.add_to_carts, t.checkouts, t.first_view_at, t.first_add_to_cart_at, t.first_checkout_at,
    t.is_multi_user, t.is_multi_device, t.skewed_events, o._batch_id, o._source_file, o._source_row
FROM totals AS t
INNER JOIN openings AS o ON o.session_id = t.session_id AND o.rank_among_first = 1
LEFT JOIN prep.session_users AS u ON u.session_id = t.session_id
