/*
check: gold_late_arrivals_buckets
on: gold.late_arrivals_daily
severity: fail
what: Each event of a day is in one bucket of lateness, or has a skewed clock.
*/
SELECT
    as_text(day) AS record_key,
    'events ' || as_text(events) || ', within 5 minutes, 1 hour, 24 hours, 7 days and beyond: ' || as_text(within_5m)
        || ', ' || as_text(within_1h) || ', ' || as_text(within_24h) || ', ' || as_text(within_7d) || ', '
        || as_text(beyond_7d) || ', skewed ' || as_text(clock_skewed) AS reason
FROM gold.late_arrivals_daily
WHERE events <> within_5m + within_1h + within_24h + within_7d + beyond_7d + clock_skewed
    OR late > events
    OR without_user > events
