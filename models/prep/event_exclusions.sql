/*
name: prep.event_exclusions
grain: [_batch_id, _source_file, _source_row]
what: >
  The rows of events that Silver leaves out, each with its one disposition: quarantined, ignored by the vocabulary,
  duplicate (the content of an earlier delivery of its event) or superseded (another content than the first delivery,
  which stands). Most events come once, so the work is in finding the ids that come again.
scope: [event_id]
reads:
  bronze.events_raw: event_id
  prep.events_quarantine: record_key
*/
WITH redelivered AS (
    SELECT event_id
    FROM bronze.events_raw
    GROUP BY event_id HAVING count(*) > 1
),

ignored_words AS (
    SELECT field, source_word
    FROM config.vocabulary
    WHERE word = 'ignore'
),

quarantined AS (
    SELECT DISTINCT record_key AS event_id, _batch_id, _source_file, _source_row
    FROM prep.events_quarantine
    WHERE record_key IS NOT NULL
),

marked AS (
    SELECT
        r.event_id, r.user_id, r.session_id, r.event_type, r.event_ts, r.device_type,
        r._batch_id, r._source_file, r._source_row,
        r.event_type IN (SELECT source_word FROM ignored_words WHERE field = 'event_type')
        OR (
            r.device_type IS NOT NULL
            AND r.device_type IN (SELECT source_word FROM ignored_words WHERE field = 'device_type')
        ) AS is_ignored,
        r.event_id IN (SELECT event_id FROM redelivered) AS is_redelivered
    FROM bronze.events_raw AS r
    WHERE r.event_id IS NOT NULL
),

accepted AS (
    SELECT m.*
    FROM marked AS m
    LEFT JOIN quarantined AS q
        ON q._batch_id = m._batch_id AND q._source_file = m._source_file AND q._source_row = m._source_row
    WHERE (m.is_ignored OR m.is_redelivered) AND q._source_row IS NULL
),

numbered AS (
    SELECT
        a.*,
        row_number() OVER (
            PARTITION BY event_id, is_ignored ORDER BY _batch_id, _source_file, _source_row
        ) AS delivery,
        row_number() OVER (
            PARTITION BY event_id, is_ignored, user_id, session_id, event_type, event_ts, device_type
            ORDER BY _batch_id, _source_file, _source_row
        ) AS delivery_of_content
    FROM accepted AS a
)

SELECT event_id, 'quarantined' AS disposition, _batch_id, _source_file, _source_row
FROM quarantined
UNION ALL
SELECT
    event_id,
    CASE
        WHEN is_ignored THEN 'ignored'
        WHEN delivery_of_content = 1 THEN 'superseded'
        ELSE 'duplicate'
    END AS disposition,
    _batch_id, _source_file, _source_row
FROM numbered
WHERE is_ignored OR delivery > 1
