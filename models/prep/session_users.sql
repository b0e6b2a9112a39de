/*
name: prep.session_users
grain: [session_id]
what: >
  Who a session belongs to: the user of its last event that names one, among the events whose clock can be believed.
  Two users at the same last instant: the greater id, so that arrival does not decide.
scope: [session_id]
reads:
  bronze.events_raw: session_id where user_id <> ''
  prep.event_exclusions: event_id = bronze.events_raw.event_id
*/
WITH identified AS (
    SELECT r.session_id, r.user_id, max(r.event_ts) AS last_at
    FROM bronze.events_raw AS r
    LEFT JOIN prep.event_exclusions AS x
        ON x._batch_id = r._batch_id AND x._source_file = r._source_file AND x._source_row = r._source_row
    WHERE r.event_id IS NOT NULL
        AND x.disposition IS NULL
        AND r.session_id <> ''
        AND r.user_id <> ''
        AND r.event_ts <= plus_seconds(r.ingestion_time, skew_tolerance_seconds())
    GROUP BY r.session_id, r.user_id
),

ranked AS (
    SELECT
        session_id, user_id,
        row_number() OVER (PARTITION BY session_id ORDER BY last_at DESC, user_id DESC) AS recency
    FROM identified
)

SELECT session_id, user_id
FROM ranked
WHERE recency = 1
