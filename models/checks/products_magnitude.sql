/*
check: magnitude
on: bronze.products_raw
severity: quarantine
what: >
  A price of a million millions in minor units is another column's value, and quantity times price would leave the
  numbers that there are: one such row would stop all.
scope: row
reads:
  bronze.products_raw: row
*/
SELECT
    product_id AS record_key,
    'price ' || as_text(price) || ' is too large to be one; look which column of the source it is' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.products_raw
WHERE to_minor(price) > 1000000000000
