/*
check: not_null
on: bronze.users_raw
severity: quarantine
what: >
  A row without the id of its user belongs to nothing.
scope: row
reads:
  bronze.users_raw: row
*/
SELECT
    user_id AS record_key,
    'user_id is empty; map it from the source' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.users_raw
WHERE coalesce(user_id, '') = ''
