/*
check: non_negative
on: bronze.order_items_raw
severity: quarantine
what: >
  Quantities and prices are magnitudes; a sign is never dropped in silence.
scope: row
reads:
  bronze.order_items_raw: row
*/
SELECT
    order_item_id AS record_key,
    CASE WHEN quantity < 0 THEN 'quantity ' || as_text(quantity) ELSE 'item_price ' || as_text(item_price) END
    || ' is below 0; negate it in the mapping, or map a return to a refund of the payment' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.order_items_raw
WHERE quantity < 0 OR item_price < 0
