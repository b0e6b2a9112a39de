/*
name: prep.user_rows
grain: [_batch_id, _source_file, _source_row]
what: >
  Accepted rows of users, equal content once at its first position. A row is the whole state from its source time to
  the next row's; of rows with the same source time the one delivered last stands. Disposition: used = it opens or
  closes a version or is the current row; superseded = another row of the same source time stands in its place;
  duplicate = it changes nothing. Further deliveries of a row are duplicates.
scope: [user_id]
reads:
  bronze.users_raw: user_id
  prep.users_quarantine: record_key
*/
WITH accepted AS (
    SELECT
        r.user_id, nullif(r.name, '') AS name, nullif(r.email, '') AS email, nullif(r.phone, '') AS phone,
        r.created_at, r.updated_at, r._op = 'delete' AS is_delete,
        r.source_system, r.ingestion_time, r._batch_id, r._source_file, r._source_row
    FROM bronze.users_raw AS r
    LEFT JOIN prep.users_quarantine AS q
        ON q._batch_id = r._batch_id AND q._source_file = r._source_file AND q._source_row = r._source_row
    WHERE q.rule IS NULL
),

numbered AS (
    SELECT
        a.*,
        row_number() OVER (
            PARTITION BY user_id, name, email, phone, created_at, updated_at, is_delete
            ORDER BY _batch_id, _source_file, _source_row
        ) AS delivery,
        count(*) OVER (
            PARTITION BY user_id, name, email, phone, created_at, updated_at, is_delete
        ) AS deliveries
    FROM accepted AS a
),

judged AS (
    SELECT
        n.*,
        coalesce(updated_at, created_at, ingestion_time) AS source_at,
        row_number() OVER (
            PARTITION BY user_id, coalesce(updated_at, created_at, ingestion_time)
            ORDER BY _batch_id DESC, _source_file DESC, _source_row DESC
        ) = 1 AS stands
    FROM numbered AS n
    WHERE delivery = 1
),

compared AS (
    SELECT
        j.*,
        coalesce(lag(is_delete) OVER timeline, TRUE) AS was_absent,
        name IS DISTINCT FROM lag(name) OVER timeline
        OR email IS DISTINCT FROM lag(email) OVER timeline
        OR phone IS DISTINCT FROM lag(phone) OVER timeline AS differs,
        stands AND lead(source_at) OVER timeline IS NULL AS is_latest
    FROM judged AS j
    WINDOW timeline AS (PARTITION BY user_id, stands ORDER BY source_at)
),

changes AS (
    SELECT c.*, stands AND (is_delete <> was_absent OR (differs AND NOT is_delete)) AS is_change
    FROM compared AS c
)

SELECT
    user_id, name, email, phone, source_system,
    CASE
        WHEN NOT stands THEN 'superseded'
        WHEN is_change OR is_latest THEN 'used'
        ELSE 'duplicate'
    END AS disposition,
    deliveries,
    is_delete, is_change, is_latest,
    created_at, source_at,
    _batch_id, _source_file, _source_row
FROM changes
