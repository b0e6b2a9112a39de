/*
check: time_bounds
on: bronze.events_raw
severity: quarantine
what: >
  Events are not from before time.earliest_day; those from the future are marked as skewed.
scope: row
reads:
  bronze.events_raw: row
*/
SELECT
    event_id AS record_key,
    'event_ts ' || as_text(event_ts)
    || ' is before time.earliest_day ' || as_text(earliest_day()) AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.events_raw
WHERE event_ts < day_start(earliest_day())
