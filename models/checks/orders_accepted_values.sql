/*
check: accepted_values
on: bronze.orders_raw
severity: quarantine
what: >
  The word in order_status must be ours or mapped to ours in vocabulary.order_status.
scope: row
reads:
  bronze.orders_raw: row
*/
SELECT
    r.order_id AS record_key,
    coalesce('order_status ''' || r.order_status || ''' is not known', 'order_status is empty')
    || '; known: ' || k.words || '; map it under vocabulary.order_status' AS reason,
    to_minor(r.order_amount) AS amount_minor,
    r._batch_id, r._source_file, r._source_row
FROM bronze.orders_raw AS r
INNER JOIN config.known_words AS k ON k.field = 'order_status'
LEFT JOIN config.vocabulary AS v ON v.field = 'order_status' AND v.source_word = r.order_status
WHERE v.word IS NULL
