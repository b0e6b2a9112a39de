/*
check: volume
on: ops.sources
severity: warn
what: >
  The last commit of a source holds less than a fifth, or more than five times, of the records that its commits usually
  hold: the median of up to twenty commits before it. A source with fewer than five of them is not judged yet.
*/
WITH numbered AS (
    SELECT source, records, row_number() OVER (PARTITION BY source ORDER BY ledger_sequence DESC) AS age
    FROM ops.deliveries
),

ranked AS (
    SELECT
        source,
        records,
        row_number() OVER (PARTITION BY source ORDER BY records) AS place,
        count(*) OVER (PARTITION BY source) AS commits
    FROM numbered
    WHERE age BETWEEN 2 AND 21
),

usual AS (
    SELECT source, records
    FROM ranked
    WHERE commits >= 5 AND place = int_div(commits + 1, 2)
)

SELECT
    n.source AS record_key,
    'the last commit of source ' || n.source || ' holds ' || as_text(n.records) || ' records, where '
    || as_text(u.records) || ' are usual' AS reason
FROM numbered AS n
JOIN usual AS u ON u.source = n.source
WHERE n.age = 1 AND (n.records * 5 < u.records OR n.records > u.records * 5)
