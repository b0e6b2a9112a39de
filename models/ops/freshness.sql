/*
check: freshness
on: ops.sources
severity: warn
what: >
  A source with `fresh_within` has brought nothing new for longer than that, or never anything. It is judged by the clock of
  the run, also when nothing is new, and so stands outside Silver and Gold.
*/
WITH latest AS (
    SELECT source, max(committed_at) AS committed_at
    FROM ops.deliveries
    GROUP BY source
)

SELECT
    s.source AS record_key,
    CASE WHEN l.committed_at IS NULL THEN 'source ' || s.source || ' never brought anything'
         ELSE 'source ' || s.source || ' brought nothing new since ' || as_text(l.committed_at) || ', which is longer than '
             || s.fresh_within END AS reason
FROM ops.sources AS s
LEFT JOIN latest AS l ON l.source = s.source
WHERE s.fresh_within_seconds IS NOT NULL
    AND (l.committed_at IS NULL OR seconds_between(l.committed_at, s.judged_at) > s.fresh_within_seconds)
