/*
check: time_bounds
on: bronze.payments_raw
severity: quarantine
what: >
  Times lie between time.earliest_day and a day after the row came.
scope: row
reads:
  bronze.payments_raw: row
*/
SELECT
    payment_id AS record_key,
    'payment_ts ' || as_text(payment_ts)
    || ' is outside time.earliest_day ' || as_text(earliest_day()) || ' to a day after it came' AS reason,
    to_minor(payment_amount) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.payments_raw
WHERE payment_ts < day_start(earliest_day()) OR payment_ts > plus_seconds(ingestion_time, 86400)
