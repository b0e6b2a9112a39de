/*
check: tied_source_time
on: silver.users
severity: warn
what: >
  Two states of one instant: the one delivered last stands, but the source should tell them apart.
scope: [record_key]
reads:
  prep.user_rows: user_id where disposition = 'superseded'
*/
SELECT
    user_id AS record_key,
    'user ' || user_id || ' has ' || as_text(count(*) + 1) || ' states at ' || as_text(source_at) AS reason
FROM prep.user_rows
WHERE disposition = 'superseded'
GROUP BY user_id, source_at
