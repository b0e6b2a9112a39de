/*
name: silver.quarantine
grain: [bronze_table, rule, _batch_id, _source_file, _source_row]
what: >
  Every row that a rule keeps out of Silver now, once for each rule it fails, with the reason and the pointer to its
  Bronze row. What is mended comes back by itself.
scope: [bronze_table, record_key]
reads:
  prep.users_quarantine: "'users', record_key"
  prep.products_quarantine: "'products', record_key"
  prep.orders_quarantine: "'orders', record_key"
  prep.order_items_quarantine: "'order_items', record_key"
  prep.payments_quarantine: "'payments', record_key"
  prep.events_quarantine: "'events', record_key"
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
