/*
check: no_delete
on: bronze.events_raw
severity: quarantine
what: >
  Users, products and items can be deleted; what has happened cannot.
scope: row
reads:
  bronze.events_raw: row
*/
SELECT
    event_id AS record_key,
    'a deletion of event ' || event_id || '; correct the feed' AS reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM bronze.events_raw
WHERE _op = 'delete'
