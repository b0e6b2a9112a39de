/*
name: prep.payment_rows
grain: [_batch_id, _source_file, _source_row]
what: >
  Accepted rows of payments in our words, equal content once at its first position. They make entries of a ledger:
  a payment succeeds once, fails and is refunded once an instant. Inside an entry the latest row by payment time, then
  position, stands whole. Disposition: used = it stands; superseded = another row of the entry stands in its place.
  Further deliveries of a row are duplicates.
scope: [payment_id]
reads:
  bronze.payments_raw: payment_id
  prep.payments_quarantine: record_key
*/
WITH accepted AS (
    SELECT
        r.payment_id, r.order_id, v.word AS payment_status, r.payment_status AS source_status,
        to_minor(r.payment_amount) AS amount_minor, r.payment_ts AS payment_at,
        CASE WHEN v.word = 'SUCCESS' THEN NULL ELSE r.payment_ts END AS entry_at,
        r.source_system, r._batch_id, r._source_file, r._source_row
    FROM bronze.payments_raw AS r
    INNER JOIN config.vocabulary AS v ON v.field = 'payment_status' AND v.source_word = r.payment_status
    LEFT JOIN prep.payments_quarantine AS q
        ON q._batch_id = r._batch_id AND q._source_file = r._source_file AND q._source_row = r._source_row
    WHERE v.word <> 'ignore' AND q.rule IS NULL
),

numbered AS (
    SELECT
        a.*,
        row_number() OVER (
            PARTITION BY payment_id, order_id, source_status, amount_minor, payment_at
            ORDER BY _batch_id, _source_file, _source_row
        ) AS delivery,
        count(*) OVER (PARTITION BY payment_id, order_id, source_status, amount_minor, payment_at) AS deliveries
    FROM accepted AS a
),

judged AS (
    SELECT
        n.*,
        row_number() OVER (
            PARTITION BY payment_id, payment_status, entry_at
            ORDER BY payment_at DESC, _batch_id DESC, _source_file DESC, _source_row DESC
        ) = 1 AS stands,
        count(*) OVER (PARTITION BY payment_id, payment_status, entry_at) > 1 AS has_conflict
    FROM numbered AS n
    WHERE delivery = 1
)

SELECT
    payment_id, order_id, payment_status, source_system,
    CASE WHEN stands THEN 'used' ELSE 'superseded' END AS disposition,
    amount_minor, deliveries, has_conflict, payment_at,
    _batch_id, _source_file, _source_row
FROM judged
