/*
check: money_digits
on: bronze.order_items_raw
severity: quarantine
what: >
  Money with more digits than money.decimals is kept out, never rounded.
scope: row
reads:
  bronze.order_items_raw: row
*/
SELECT
    order_item_id AS record_key,
    'item_price ' || as_text(item_price) || ' has more than ' || as_text(money_decimals())
    || ' digits behind the point; raise money.decimals or mend the feed' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.order_items_raw
WHERE NOT fits_minor(item_price)
