/*
name: prep.order_item_rows
grain: [_batch_id, _source_file, _source_row]
what: >
  Accepted rows of order items, equal content once at its first position. Items have no time of their own: the content
  delivered last stands. Disposition: used = it stands (a deletion that stands removes the item); superseded = a later
  content stands in its place. Further deliveries of a row are duplicates.
scope: [order_item_id]
reads:
  bronze.order_items_raw: order_item_id
  prep.order_items_quarantine: record_key
*/
WITH accepted AS (
    SELECT
        r.order_item_id, r.order_id, nullif(r.product_id, '') AS product_id, r.quantity,
        to_minor(r.item_price) AS unit_price_minor,
        r._op = 'delete' AS is_delete, r.source_system, r._batch_id, r._source_file, r._source_row
    FROM bronze.order_items_raw AS r
    LEFT JOIN prep.order_items_quarantine AS q
        ON q._batch_id = r._batch_id AND q._source_file = r._source_file AND q._source_row = r._source_row
    WHERE q.rule IS NULL
),

numbered AS (
    SELECT
        a.*,
        row_number() OVER (
            PARTITION BY order_item_id, order_id, product_id, quantity, unit_price_minor, is_delete
            ORDER BY _batch_id, _source_file, _source_row
        ) AS delivery,
        count(*) OVER (
            PARTITION BY order_item_id, order_id, product_id, quantity, unit_price_minor, is_delete
        ) AS deliveries
    FROM accepted AS a
),

judged AS (
    SELECT
        n.*,
        row_number() OVER (
            PARTITION BY order_item_id ORDER BY _batch_id DESC, _source_file DESC, _source_row DESC
        ) = 1 AS stands
    FROM numbered AS n
    WHERE delivery = 1
)

SELECT
    order_item_id, order_id, product_id, source_system,
    CASE WHEN stands THEN 'used' ELSE 'superseded' END AS disposition,
    quantity, unit_price_minor, deliveries, is_delete,
    _batch_id, _source_file, _source_row
FROM judged
