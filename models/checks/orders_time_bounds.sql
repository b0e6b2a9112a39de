/*
check: time_bounds
on: bronze.orders_raw
severity: quarantine
what: >
  Times lie between time.earliest_day and a day after the row came.
scope: row
reads:
  bronze.orders_raw: row
*/
SELECT
    order_id AS record_key,
    CASE WHEN order_ts < day_start(earliest_day()) OR order_ts > plus_seconds(ingestion_time, 86400)
        THEN 'order_ts ' || as_text(order_ts) ELSE 'updated_at ' || as_text(updated_at) END
    || ' is outside time.earliest_day ' || as_text(earliest_day()) || ' to a day after it came' AS reason,
    to_minor(order_amount) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.orders_raw
WHERE order_ts < day_start(earliest_day()) OR order_ts > plus_seconds(ingestion_time, 86400)
    OR updated_at < day_start(earliest_day()) OR updated_at > plus_seconds(ingestion_time, 86400)
