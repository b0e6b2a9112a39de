/*
check: gold_funnel_steps
on: gold.funnel_daily
severity: fail
what: No step of a funnel holds more than the step before it.
*/
SELECT
    as_text(day) || ' ' || device_type || ' ' || unit AS record_key,
    'viewed ' || as_text(viewed) || ', carted ' || as_text(carted) || ', checked out ' || as_text(checked_out)
        || ', paid ' || as_text(paid) AS reason
FROM gold.funnel_daily
WHERE carted > viewed
    OR checked_out > carted
    OR paid > checked_out
