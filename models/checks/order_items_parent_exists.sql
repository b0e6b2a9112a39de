/*
check: parent_exists
on: bronze.order_items_raw
severity: quarantine
what: >
  An item needs its order in Silver, where a source of orders is configured; it comes back with it.
scope: row
reads:
  bronze.order_items_raw: row
  prep.order_rows: order_id = bronze.order_items_raw.order_id
  prep.orders_quarantine: record_key = bronze.order_items_raw.order_id
*/
WITH orphans AS (
    SELECT r.order_item_id, r.order_id, r._batch_id, r._source_file, r._source_row
    FROM bronze.order_items_raw AS r
    LEFT JOIN prep.order_rows AS o ON o.order_id = r.order_id AND o.is_latest
    WHERE o.order_id IS NULL
        AND coalesce(r.order_id, '') <> ''
        AND EXISTS (SELECT 1 FROM config.sources WHERE table_name = 'orders')
),

quarantined_orders AS (
    SELECT DISTINCT record_key AS order_id
    FROM prep.orders_quarantine
)

SELECT
    r.order_item_id AS record_key,
    CASE WHEN q.order_id IS NULL
        THEN 'parent_missing: no row of order ' || r.order_id || ' has come yet'
        ELSE 'parent_quarantined: every row of order ' || r.order_id || ' is kept out itself; mend that first'
    END AS reason,
    cast(NULL AS bigint) AS amount_minor,
    r._batch_id, r._source_file, r._source_row
FROM orphans AS r
LEFT JOIN quarantined_orders AS q ON q.order_id = r.order_id
