/*
check: magnitude
on: bronze.order_items_raw
severity: quarantine
what: >
  A million pieces in one line, or a price of a million millions in minor units, is another column's value (a bar code,
  a phone number), and quantity times price would leave the numbers that there are: one such row would stop all.
scope: row
reads:
  bronze.order_items_raw: row
*/
SELECT
    order_item_id AS record_key,
    CASE WHEN quantity > 1000000 THEN 'quantity ' || as_text(quantity) ELSE 'item_price ' || as_text(item_price) END
    || ' is too large to be one; look which column of the source it is' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.order_items_raw
WHERE quantity > 1000000 OR to_minor(item_price) > 1000000000000
