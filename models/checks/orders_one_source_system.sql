/*
check: one_source_system
on: bronze.orders_raw
severity: warn
what: >
  An id that two systems use may mean two things; give each a prefix in its mapping.
scope: [record_key]
reads:
  bronze.orders_raw: order_id
*/
SELECT
    order_id AS record_key,
    'order_id ' || order_id || ' comes from ' || min(source_system) || ' and ' || max(source_system) AS reason
FROM bronze.orders_raw
WHERE order_id IS NOT NULL
GROUP BY order_id
HAVING min(source_system) <> max(source_system)
