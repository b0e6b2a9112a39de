/*
check: unparsed_value
on: bronze.orders_raw
severity: quarantine
what: >
  A mapped value that could not be read is not the same as none.
scope: row
reads:
  bronze.orders_raw: row
*/
WITH rescued AS (
    SELECT
        order_id, order_amount, _batch_id, _source_file, _source_row,
        unread(order_id IS NULL, _rescued, 'order_id')
        || unread(user_id IS NULL, _rescued, 'user_id')
        || unread(order_status IS NULL, _rescued, 'order_status')
        || unread(order_amount IS NULL, _rescued, 'order_amount')
        || unread(order_ts IS NULL, _rescued, 'order_ts')
        || unread(updated_at IS NULL, _rescued, 'updated_at')
        || unread(ingestion_time IS NULL, _rescued, 'ingestion_time') AS unread_values
    FROM bronze.orders_raw AS r
    WHERE _rescued IS NOT NULL
)

SELECT
    order_id AS record_key,
    unread_values || 'mend the feed or its mapping' AS reason,
    to_minor(order_amount) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM rescued
WHERE unread_values <> ''
