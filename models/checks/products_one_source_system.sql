/*
check: one_source_system
on: bronze.products_raw
severity: warn
what: >
  An id that two systems use may mean two things; give each a prefix in its mapping.
scope: [record_key]
reads:
  bronze.products_raw: product_id
*/
SELECT
    product_id AS record_key,
    'product_id ' || product_id || ' comes from ' || min(source_system) || ' and ' || max(source_system) AS reason
FROM bronze.products_raw
WHERE product_id IS NOT NULL
GROUP BY product_id
HAVING min(source_system) <> max(source_system)
