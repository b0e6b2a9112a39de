/*
check: parent_exists
on: bronze.payments_raw
severity: quarantine
what: >
  A payment needs its order in Silver, where a source of orders is configured; it comes back with it.
scope: row
reads:
  bronze.payments_raw: row
  prep.order_rows: order_id = bronze.payments_raw.order_id
  prep.orders_quarantine: record_key = bronze.payments_raw.order_id
*/
WITH orphans AS (
    SELECT r.payment_id, r.order_id, r.payment_amount, r._batch_id, r._source_file, r._source_row
    FROM bronze.payments_raw AS r
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
    r.payment_id AS record_key,
    CASE WHEN q.order_id IS NULL
        THEN 'parent_missing: no row of order ' || r.order_id || ' has come yet'
        ELSE 'parent_quarantined: every row of order ' || r.order_id || ' is kept out itself; mend that first'
    END AS reason,
    to_minor(r.payment_amount) AS amount_minor,
    r._batch_id, r._source_file, r._source_row
FROM orphans AS r
LEFT JOIN quarantined_orders AS q ON q.order_id = r.order_id
