-- Each row that a rule keeps out of Silver now.
SELECT
    bronze_table,
    rule,
    reason,
    record_key,
    amount_minor,
    _batch_id,
    _source_file,
    _source_row
FROM silver.quarantine
ORDER BY bronze_table, rule, _batch_id, _source_file, _source_row
