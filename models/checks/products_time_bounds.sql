/*
check: time_bounds
on: bronze.products_raw
severity: quarantine
what: >
  Times lie between time.earliest_day and a day after the row came.
scope: row
reads:
  bronze.products_raw: row
*/
SELECT
    product_id AS record_key,
    'updated_at ' || as_text(updated_at)
    || ' is outside time.earliest_day ' || as_text(earliest_day()) || ' to a day after it came' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.products_raw
WHERE updated_at < day_start(earliest_day()) OR updated_at > plus_seconds(ingestion_time, 86400)
