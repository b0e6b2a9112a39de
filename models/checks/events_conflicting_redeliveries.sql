/*
check: conflicting_redeliveries
on: silver.events
severity: warn
what: >
  An event came again with another content; the first delivery stands.
scope: [record_key]
reads:
  silver.events: event_id
*/
SELECT
    event_id AS record_key,
    'event ' || event_id || ' came again with another content, '
    || as_text(conflicting_deliveries) || ' times' AS reason
FROM silver.events
WHERE conflicting_deliveries > 0
