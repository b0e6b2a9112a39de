/*
check: accepted_values
on: bronze.events_raw
severity: quarantine
what: >
  The words in event_type and device_type must be ours or mapped to ours; a device may be missing.
scope: row
reads:
  bronze.events_raw: row
*/
WITH unknown_words AS (
    SELECT
        r.event_id, r._batch_id, r._source_file, r._source_row,
        CASE WHEN t.word IS NULL
            THEN coalesce('event_type ''' || r.event_type || ''' is not known', 'event_type is empty')
                || '; known: ' || kt.words || '; map it under vocabulary.event_type'
            ELSE 'device_type ''' || r.device_type || ''' is not known; known: ' || kd.words
                || '; map it under vocabulary.device_type'
        END AS reason
    FROM bronze.events_raw AS r
    INNER JOIN config.known_words AS kt ON kt.field = 'event_type'
    INNER JOIN config.known_words AS kd ON kd.field = 'device_type'
    LEFT JOIN config.vocabulary AS t ON t.field = 'event_type' AND t.source_word = r.event_type
    LEFT JOIN config.vocabulary AS d ON d.field = 'device_type' AND d.source_word = r.device_type
    WHERE t.word IS NULL OR (d.word IS NULL AND r.device_type <> '')
)

SELECT
    event_id AS record_key,
    reason,
    cast(NULL AS bigint) AS amount_minor,
    _batch_id, _source_file, _source_row
FROM unknown_words
