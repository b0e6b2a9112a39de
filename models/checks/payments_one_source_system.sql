/*
check: one_source_system
on: bronze.payments_raw
severity: warn
what: >
  An id that two systems use may mean two things; give each a prefix in its mapping.
scope: [record_key]
reads:
  bronze.payments_raw: payment_id
*/
SELECT
    payment_id AS record_key,
    'payment_id ' || payment_id || ' comes from ' || min(source_system) || ' and ' || max(source_system) AS reason
FROM bronze.payments_raw
WHERE payment_id IS NOT NULL
GROUP BY payment_id
HAVING min(source_system) <> max(source_system)
