/*
check: one_source_system
on: bronze.order_items_raw
severity: warn
what: >
  An id that two systems use may mean two things; give each a prefix in its mapping.
scope: [record_key]
reads:
  bronze.order_items_raw: order_item_id
*/
SELECT
    order_item_id AS record_key,
    'order_item_id ' || order_item_id || ' comes from ' || min(source_system) || ' and ' || max(source_system) AS reason
FROM bronze.order_items_raw
WHERE order_item_id IS NOT NULL
GROUP BY order_item_id
HAVING min(source_system) <> max(source_system)
