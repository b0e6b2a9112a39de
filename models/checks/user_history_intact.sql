/*
check: history_intact
on: silver.user_history
severity: fail
what: >
  Versions begin with the first row, leave no gap but for deletions, never overlap, and differ from their neighbour.
scope: [record_key]
reads:
  silver.user_history: user_id
  prep.user_rows: user_id
*/
WITH beginnings AS (
    SELECT user_id, min(source_at) AS first_at
    FROM prep.user_rows
    WHERE NOT is_delete AND disposition <> 'superseded'
    GROUP BY user_id
),

deletions AS (
    SELECT DISTINCT user_id, source_at
    FROM prep.user_rows
    WHERE is_delete AND disposition <> 'superseded'
),

neighbours AS (
    SELECT
        user_id, valid_from, valid_to, name, email, phone, is_current,
        lead(name) OVER timeline AS next_name,
        lead(email) OVER timeline AS next_email,
        lead(phone) OVER timeline AS next_phone,
        lead(valid_from) OVER timeline AS next_from,
        row_number() OVER timeline AS version
    FROM silver.user_history AS h
    WINDOW timeline AS (PARTITION BY user_id ORDER BY valid_from)
),

judged AS (
    SELECT
        n.user_id, n.valid_from,
        CASE
            WHEN n.version = 1 AND n.valid_from IS DISTINCT FROM b.first_at THEN 'does not begin with the first row'
            WHEN n.is_current <> (n.valid_to IS NULL) THEN 'is current or ended, not as it says'
            WHEN n.valid_to <= n.valid_from THEN 'ends before it begins'
            WHEN coalesce(n.valid_to, as_utc('9999-12-31 00:00:00')) > n.next_from THEN 'overlaps the next'
            WHEN n.valid_to IS DISTINCT FROM n.next_from AND d.source_at IS NULL THEN 'leaves a gap without a deletion'
            WHEN n.valid_to = n.next_from
                AND n.name IS NOT DISTINCT FROM n.next_name
                AND n.email IS NOT DISTINCT FROM n.next_email
                AND n.phone IS NOT DISTINCT FROM n.next_phone
                THEN 'equals the next'
        END AS fault
    FROM neighbours AS n
    LEFT JOIN beginnings AS b ON b.user_id = n.user_id
    LEFT JOIN deletions AS d ON d.user_id = n.user_id AND d.source_at = n.valid_to
)

SELECT
    user_id AS record_key,
    'version of ' || user_id || ' from ' || as_text(valid_from) || ' ' || fault AS reason
FROM judged
WHERE fault IS NOT NULL
