/*
check: unparsed_value
on: bronze.events_raw
severity: quarantine
what: >
  A mapped value that could not be read is not the same as none.
scope: row
reads:
  bronze.events_raw: row
*/
WITH rescued AS (
    SELECT
        event_id, _batch_id, _source_file, _source_row,
        unread(event_id IS NULL, _rescued, 'event_id')
        || unread(user_id IS NULL, _rescued, 'user_id')
        || unread(session_id IS NULL, _rescued, 'session_id')
        || unread(event_type IS NULL, _rescued, 'event_type')
        || unread(event_ts IS NULL, _rescued, 'event_ts')
        || unread(device_type IS NULL, _rescued, 'device_type')
        || unread(ingestion_time IS NULL, _rescued, 'ingestion_time') AS unread_values
    FROM bronze.events_raw AS r
    WHERE _rescued IS NOT NULL
)

SELECT
    event_id AS record_key,
    unread_values || 'mend the feed or its mapping' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM rescued
WHERE unread_values <> ''
