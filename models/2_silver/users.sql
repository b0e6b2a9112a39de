/*
name: silver.users
grain: [user_id]
what: >
  One row a user: the state with the greatest source time. A deleted user stays, marked.
scope: [user_id]
reads:
  prep.user_rows: user_id
*/
SELECT
    user_id, name, email, phone, created_at, source_at AS updated_at, is_delete AS is_deleted, source_system,
    _batch_id, _source_file, _source_row
FROM prep.user_rows
WHERE is_latest
