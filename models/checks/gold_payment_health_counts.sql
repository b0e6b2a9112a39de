/*
check: gold_payment_health_counts
on: gold.payment_health_daily
severity: fail
what: Attempts are successes plus failures, and orders that recovered succeeded, and those that succeeded tried.
*/
SELECT
    as_text(day) AS record_key,
    'attempts ' || as_text(attempts) || ', successes ' || as_text(successes) || ', failures ' || as_text(failures)
        || ', orders attempted ' || as_text(orders_attempted) || ', succeeded ' || as_text(orders_succeeded)
        || ', recovered ' || as_text(orders_recovered) AS reason
FROM gold.payment_health_daily
WHERE attempts <> successes + failures
    OR orders_attempted > attempts
    OR orders_succeeded > orders_attempted
    OR orders_recovered > orders_succeeded
