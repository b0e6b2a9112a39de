/*
check: time_bounds
on: bronze.users_raw
severity: quarantine
what: >
  Times lie between time.earliest_day and a day after the row came.
scope: row
reads:
  bronze.users_raw: row
*/
SELECT
    user_id AS record_key,
    CASE WHEN created_at < day_start(earliest_day()) OR created_at > plus_seconds(ingestion_time, 86400)
        THEN 'created_at ' || as_text(created_at) ELSE 'updated_at ' || as_text(updated_at) END
    || ' is outside time.earliest_day ' || as_text(earliest_day()) || ' to a day after it came' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.users_raw
WHERE created_at < day_start(earliest_day()) OR created_at > plus_seconds(ingestion_time, 86400)
    OR updated_at < day_start(earliest_day()) OR updated_at > plus_seconds(ingestion_time, 86400)
