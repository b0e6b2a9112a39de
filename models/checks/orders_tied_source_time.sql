/*
check: tied_source_time
on: silver.orders
severity: warn
what: >
  Two contents of one status and instant: the one delivered last stands, but the source should tell them apart.
scope: [record_key]
reads:
  prep.order_rows: order_id where is_tied
*/
SELECT
    order_id AS record_key,
    'order ' || order_id || ' has ' || as_text(count(*)) || ' contents of ' || order_status || ' at '
    || as_text(status_at) AS reason
FROM prep.order_rows
WHERE is_tied
GROUP BY order_id, order_status, status_at
