/*
name: silver.events
grain: [event_id]
what: >
  Each event at its first delivery, later ones counted: duplicate_deliveries with a content seen before,
  conflicting_deliveries with another. The clock is the client's: lateness is measured against the server's, and an
  event from the future is skewed. An event without a user takes its session's.
scope: [event_id]
reads:
  bronze.events_raw: event_id
  prep.event_exclusions: event_id
  prep.session_users: session_id = bronze.events_raw.session_id
*/
WITH deliveries AS (
    SELECT
        event_id,
        count(*) FILTER (WHERE disposition = 'duplicate') AS duplicate_deliveries,
        count(*) FILTER (WHERE disposition = 'superseded') AS conflicting_deliveries
    FROM prep.event_exclusions
    WHERE disposition IN ('duplicate', 'superseded')
    GROUP BY event_id
),

-- Words are looked up last: planners take that for a narrow filter, and would rather hash all events than pass them by.
first_deliveries AS (
    SELECT
        r.event_id, nullif(r.session_id, '') AS session_id, nullif(r.user_id, '') AS user_id,
        coalesce(nullif(r.user_id, ''), s.user_id) AS resolved_user_id, r.event_type, r.device_type,
        r.event_ts AS event_at, r.ingestion_time AS ingested_at,
        coalesce(d.duplicate_deliveries, 0) AS duplicate_deliveries,
        coalesce(d.conflicting_deliveries, 0) AS conflicting_deliveries,
        r.source_system, r._batch_id, r._source_file, r._source_row
    FROM bronze.events_raw AS r
    LEFT JOIN prep.session_users AS s ON s.session_id = r.session_id
    LEFT JOIN deliveries AS d ON d.event_id = r.event_id
    LEFT JOIN prep.event_exclusions AS x
        ON x._batch_id = r._batch_id AND x._source_file = r._source_file AND x._source_row = r._source_row
    WHERE r.event_id IS NOT NULL AND x.disposition IS NULL
)

SELECT
    e.event_id, e.session_id, e.user_id, e.resolved_user_id, t.word AS event_type, e.event_type AS source_event_type,
    e.event_at, e.ingested_at, v.word AS device_type,
    seconds_between(e.event_at, e.ingested_at) AS lateness_seconds,
    e.ingested_at > plus_seconds(e.event_at, late_after_seconds()) AS is_late,
    e.event_at > plus_seconds(e.ingested_at, skew_tolerance_seconds()) AS is_clock_skewed,
    e.duplicate_deliveries, e.conflicting_deliveries,
    e.source_system, e._batch_id, e._source_file, e._source_row
FROM first_deliveries AS e
INNER JOIN config.vocabulary AS t ON t.field = 'event_type' AND t.source_word = e.event_type
LEFT JOIN config.vocabulary AS v ON v.field = 'device_type' AND v.source_word = e.device_type
