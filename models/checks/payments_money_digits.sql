/*
check: money_digits
on: bronze.payments_raw
severity: quarantine
what: >
  Money with more digits than money.decimals is kept out, never rounded.
scope: row
reads:
  bronze.payments_raw: row
*/
SELECT
    payment_id AS record_key,
    'payment_amount ' || as_text(payment_amount) || ' has more than ' || as_text(money_decimals())
    || ' digits behind the point; raise money.decimals or mend the feed' AS reason,
    to_minor(payment_amount) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.payments_raw
WHERE NOT fits_minor(payment_amount)
