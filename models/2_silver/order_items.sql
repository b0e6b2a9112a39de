/*
name: silver.order_items
grain: [order_item_id]
what: >
  Lines of orders with the price of one unit as sold. The content delivered last stands; a deletion removes the line.
scope: [order_item_id]
reads:
  prep.order_item_rows: order_item_id
*/
SELECT
    order_item_id, order_id, product_id, quantity, unit_price_minor, source_system,
    _batch_id, _source_file, _source_row
FROM prep.order_item_rows
WHERE disposition = 'used' AND NOT is_delete
