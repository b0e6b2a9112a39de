/*
name: gold.late_arrivals_daily
grain: [day]
what: >
  How events arrive, by the business day they reached the lake: how long after they happened (each event in one
  bucket, those with a skewed clock in none), how many were late, how often they were delivered again with equal
  or other content, and how many still have no user after stitching.
*/
WITH events AS (
    SELECT
        business_day(ingested_at) AS day,
        CASE WHEN is_clock_skewed THEN 'skewed'
             WHEN ingested_at <= plus_seconds(event_at, 300) THEN 'within_5m'
             WHEN ingested_at <= plus_seconds(event_at, 3600) THEN 'within_1h'
             WHEN ingested_at <= plus_seconds(event_at, 86400) THEN 'within_24h'
             WHEN ingested_at <= plus_seconds(event_at, 604800) THEN 'within_7d'
             ELSE 'beyond_7d' END AS bucket,
        is_late,
        duplicate_deliveries,
        conflicting_deliveries,
        resolved_user_id
    FROM silver.events
)

SELECT
    day,
    count(*) AS events,
    count(*) FILTER (WHERE bucket = 'within_5m') AS within_5m,
    count(*) FILTER (WHERE bucket = 'within_1h') AS within_1h,
    count(*) FILTER (WHERE bucket = 'within_24h') AS within_24h,
    count(*) FILTER (WHERE bucket = 'within_7d') AS within_7d,
    count(*) FILTER (WHERE bucket = 'beyond_7d') AS beyond_7d,
    count(*) FILTER (WHERE is_late) AS late,
    cast(sum(duplicate_deliveries) AS bigint) AS duplicates,
    cast(sum(conflicting_deliveries) AS bigint) AS conflicting,
    count(*) FILTER (WHERE bucket = 'skewed') AS clock_skewed,
    count(*) FILTER (WHERE resolved_user_id IS NULL) AS without_user
FROM events
GROUP BY day
