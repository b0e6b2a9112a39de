/*
check: non_negative
on: bronze.products_raw
severity: quarantine
what: >
  Amounts are magnitudes; a sign is never dropped in silence.
scope: row
reads:
  bronze.products_raw: row
*/
SELECT
    product_id AS record_key,
    'price ' || as_text(price) || ' is below 0; '
    || 'negate it in the mapping' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.products_raw
WHERE price < 0
