/*
check: not_null
on: bronze.payments_raw
severity: quarantine
what: >
  A payment needs its id, its order and its time, and an amount unless it failed.
scope: row
reads:
  bronze.payments_raw: row
*/
WITH missing AS (
    SELECT
        p.payment_id, p.payment_amount, p._batch_id, p._source_file, p._source_row,
        CASE
            WHEN coalesce(p.payment_id, '') = '' THEN 'payment_id'
            WHEN coalesce(p.order_id, '') = '' THEN 'order_id'
            WHEN p.payment_ts IS NULL AND json_text(p._rescued, 'payment_ts') IS NULL THEN 'payment_ts'
            WHEN p.payment_amount IS NULL AND json_text(p._rescued, 'payment_amount') IS NULL
                AND v.word IN ('SUCCESS', 'REFUNDED') THEN 'payment_amount'
        END AS column_name
    FROM bronze.payments_raw AS p
    LEFT JOIN config.vocabulary AS v ON v.field = 'payment_status' AND v.source_word = p.payment_status
)

SELECT
    payment_id AS record_key,
    column_name || ' is empty; map it from the source' AS reason,
    to_minor(payment_amount) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM missing
WHERE column_name IS NOT NULL
