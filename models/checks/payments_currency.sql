/*
check: currency
on: bronze.payments_raw
severity: quarantine
what: >
  A lake has one currency; a row that names another is kept out.
scope: row
reads:
  bronze.payments_raw: row
*/
SELECT
    payment_id AS record_key,
    'currency ''' || json_text(_rescued, 'currency') || ''' is not ' || currency()
    || ', the lake''s; convert it before, or keep a lake for each currency' AS reason,
    to_minor(payment_amount) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.payments_raw
WHERE _rescued IS NOT NULL AND upper(trim(json_text(_rescued, 'currency'))) <> currency()
