/*
name: silver.quarantine
grain: [bronze_table, rule, _batch_id, _source_file, _source_row]
what: >
  Every row that a rule keeps out of Silver now, once for each rule it fails, with the reason and the pointer to its
  Bronze row. What is mended comes back by itself.
scope: row
reads:
  prep.users_quarantine: row
  prep.products_quarantine: row
  prep.orders_quarantine: row
  prep.order_items_quarantine: row
  prep.payments_quarantine: row
  prep.events_quarantine: row
*/
SELECT 'users' AS bronze_table, rule, reason, record_key, amount_minor, _batch_id, _source_file, _source_row
FROM prep.users_quarantine
UNION ALL
SELECT 'products' AS bronze_table, rule, reason, record_key, amount_minor, _batch_id, _source_file, _source_row
FROM prep.products_quarantine
UNION ALL
SELECT 'orders' AS bronze_table, rule, reason, record_key, amount_minor, _batch_id, _source_file, _source_row
FROM prep.orders_quarantine
UNION ALL
SELECT 'order_items' AS bronze_table, rule, reason, record_key, amount_minor, _batch_id, _source_file, _source_row
FROM prep.order_items_quarantine
UNION ALL
SELECT 'payments' AS bronze_table, rule, reason, record_key, amount_minor, _batch_id, _source_file, _source_row
FROM prep.payments_quarantine
UNION ALL
SELECT 'events' AS bronze_table, rule, reason, record_key, amount_minor, _batch_id, _source_file, _source_row
FROM prep.events_quarantine
