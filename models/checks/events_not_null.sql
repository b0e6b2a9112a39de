/*
check: not_null
on: bronze.events_raw
severity: quarantine
what: >
  An event needs its id and its time.
scope: row
reads:
  bronze.events_raw: row
*/
SELECT
    event_id AS record_key,
    CASE WHEN coalesce(event_id, '') = '' THEN 'event_id' ELSE 'event_ts' END
    || ' is empty; map it from the source' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.events_raw
WHERE coalesce(event_id, '') = '' OR (event_ts IS NULL AND json_text(_rescued, 'event_ts') IS NULL)
