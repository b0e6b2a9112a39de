/*
check: unparsed_value
on: bronze.users_raw
severity: quarantine
what: >
  A mapped value that could not be read is not the same as none.
scope: row
reads:
  bronze.users_raw: row
*/
WITH rescued AS (
    SELECT
        user_id, _batch_id, _source_file, _source_row,
        unread(user_id IS NULL, _rescued, 'user_id')
        || unread(name IS NULL, _rescued, 'name')
        || unread(email IS NULL, _rescued, 'email')
        || unread(phone IS NULL, _rescued, 'phone')
        || unread(created_at IS NULL, _rescued, 'created_at')
        || unread(updated_at IS NULL, _rescued, 'updated_at')
        || unread(ingestion_time IS NULL, _rescued, 'ingestion_time') AS unread_values
    FROM bronze.users_raw AS r
    WHERE _rescued IS NOT NULL
)

SELECT
    user_id AS record_key,
    unread_values || 'mend the feed or its mapping' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM rescued
WHERE unread_values <> ''
