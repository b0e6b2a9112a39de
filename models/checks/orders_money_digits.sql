/*
check: money_digits
on: bronze.orders_raw
severity: quarantine
what: >
  Money with more digits than money.decimals is kept out, never rounded.
scope: row
reads:
  bronze.orders_raw: row
*/
SELECT
    order_id AS record_key,
    'order_amount ' || as_text(order_amount) || ' has more than ' || as_text(money_decimals())
    || ' digits behind the point; raise money.decimals or mend the feed' AS reason,
    to_minor(order_amount) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.orders_raw
WHERE NOT fits_minor(order_amount)
