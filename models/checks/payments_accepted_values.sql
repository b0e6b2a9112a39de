/*
check: accepted_values
on: bronze.payments_raw
severity: quarantine
what: >
  The word in payment_status must be ours or mapped to ours in vocabulary.payment_status.
scope: row
reads:
  bronze.payments_raw: row
*/
SELECT
    r.payment_id AS record_key,
    coalesce('payment_status ''' || r.payment_status || ''' is not known', 'payment_status is empty')
    || '; known: ' || k.words || '; map it under vocabulary.payment_status' AS reason,
    to_minor(r.payment_amount) AS amount_minor,
    r._batch_id, r._source_file, r._source_row
FROM bronze.payments_raw AS r
INNER JOIN config.known_words AS k ON k.field = 'payment_status'
LEFT JOIN config.vocabulary AS v ON v.field = 'payment_status' AND v.source_word = r.payment_status
WHERE v.word IS NULL
