/*
check: one_source_system
on: bronze.users_raw
severity: warn
what: >
  An id that two systems use may mean two things; give each a prefix in its mapping.
scope: [record_key]
reads:
  bronze.users_raw: user_id
*/
SELECT
    user_id AS record_key,
    'user_id ' || user_id || ' comes from ' || min(source_system) || ' and ' || max(source_system) AS reason
FROM bronze.users_raw
WHERE user_id IS NOT NULL
GROUP BY user_id
HAVING min(source_system) <> max(source_system)
