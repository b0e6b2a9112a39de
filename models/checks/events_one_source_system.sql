/*
check: one_source_system
on: bronze.events_raw
severity: warn
what: >
  An id that two systems use may mean two things; give each a prefix in its mapping.
scope: [record_key]
reads:
  bronze.events_raw: event_id
  prep.event_exclusions: event_id
*/
SELECT
    event_id AS record_key,
    'event_id ' || event_id || ' comes from ' || min(source_system) || ' and ' || max(source_system) AS reason
FROM bronze.events_raw
WHERE event_id IN (SELECT event_id FROM prep.event_exclusions)
GROUP BY event_id
HAVING min(source_system) <> max(source_system)
