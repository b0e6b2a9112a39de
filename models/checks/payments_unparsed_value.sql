/*
check: unparsed_value
on: bronze.payments_raw
severity: quarantine
what: >
  A mapped value that could not be read is not the same as none.
scope: row
reads:
  bronze.payments_raw: row
*/
WITH rescued AS (
    SELECT
        payment_id, payment_amount, _batch_id, _source_file, _source_row,
        unread(payment_id IS NULL, _rescued, 'payment_id')
        || unread(order_id IS NULL, _rescued, 'order_id')
        || unread(payment_status IS NULL, _rescued, 'payment_status')
        || unread(payment_amount IS NULL, _rescued, 'payment_amount')
        || unread(payment_ts IS NULL, _rescued, 'payment_ts')
        || unread(ingestion_time IS NULL, _rescued, 'ingestion_time') AS unread_values
    FROM bronze.payments_raw AS r
    WHERE _rescued IS NOT NULL
)

SELECT
    payment_id AS record_key,
    unread_values || 'mend the feed or its mapping' AS reason,
    to_minor(payment_amount) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM rescued
WHERE unread_values <> ''
