/*
check: money_digits
on: bronze.products_raw
severity: quarantine
what: >
  Money with more digits than money.decimals is kept out, never rounded.
scope: row
reads:
  bronze.products_raw: row
*/
SELECT
    product_id AS record_key,
    'price ' || as_text(price) || ' has more than ' || as_text(money_decimals())
    || ' digits behind the point; raise money.decimals or mend the feed' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.products_raw
WHERE NOT fits_minor(price)
