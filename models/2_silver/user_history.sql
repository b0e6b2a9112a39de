/*
name: silver.user_history
grain: [user_id, valid_from]
what: >
  Name, email and phone of each user over time (SCD2): [valid_from, valid_to), the current version open. There are gaps
  only where the user was deleted. A correction dated in the past stands where it belongs.
scope: [user_id]
reads:
  prep.user_rows: user_id
*/
WITH versions AS (
    SELECT
        user_id, name, email, phone, is_delete, source_at AS valid_from,
        lead(source_at) OVER (PARTITION BY user_id ORDER BY source_at) AS valid_to,
        _batch_id, _source_file, _source_row
    FROM prep.user_rows
    WHERE is_change
)

SELECT
    user_id, valid_from, valid_to, name, email, phone, valid_to IS NULL AS is_current,
    _batch_id, _source_file, _source_row
FROM versions
WHERE NOT is_delete
