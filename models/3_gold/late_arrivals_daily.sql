/*
name: gold.late_arrivals_daily
grain: [day]
what: >
  How events arrive, by the business day they reached the lake: how long after they happened (each event in one
  bucket, those with a skewed clock in none), how many were late, how often they were delivered again with equal
  or other content, and how many still have no user after stitching.
scope: [day]
reads:
  silver.events: business_day(ingested_at)
*/
WITH events AS (
    SELECT
        business_day(ingested_at) AS day,
        micros_between(event_at, ingested_at) AS late_micros,
        NOT is_clock_skewed AS is_timed,
        is_late,
        is_clock_skewed,
        duplicate_deliveries,
        conflicting_deliveries,
        resolved_user_id
    FROM silver.events
)

SELECT
    day,
    count(*) AS events,
    count(*) FILTER (WHERE is_timed AND late_micros <= 300000000) AS within_5m,
    count(*) FILTER (WHERE is_timed AND late_micros > 300000000 AND late_micros <= 3600000000) AS within_1h,
    count(*) FILTER (WHERE is_timed AND late_micros > 3600000000 AND late_micros <= 86400000000) AS within_24h,
    count(*) FILTER (WHERE is_timed AND late_micros > 86400000000 AND late_micros <= 604800000000) AS within_7d,
    count(*) FILTER (WHERE is_timed AND late_micros > 604800000000) AS beyond_7d,
    count(*) FILTER (WHERE is_late) AS late,
    cast(sum(duplicate_deliveries) AS bigint) AS duplicates,
    cast(sum(conflicting_deliveries) AS bigint) AS conflicting,
    count(*) FILTER (WHERE is_clock_skewed) AS clock_skewed,
    count(*) FILTER (WHERE resolved_user_id IS NULL) AS without_user
FROM events
GROUP BY day
