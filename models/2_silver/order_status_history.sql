/*
name: silver.order_status_history
grain: [order_id, status_at, order_status]
what: >
  Every state of an order by source time, whatever the order of arrival; equal neighbours are one state from the first
  of them. Legal steps go forward in CREATED, PAID, SHIPPED, or from CREATED or PAID to CANCELLED. The last state has
  no duration.
scope: [order_id]
reads:
  prep.order_rows: order_id
*/
WITH states AS (
    SELECT
        order_id, status_at, order_status, source_status,
        lead(status_at) OVER (PARTITION BY order_id ORDER BY status_at, status_rank) AS next_status_at,
        CASE
            WHEN previous_status IS NULL THEN FALSE
            WHEN order_status = 'CREATED' THEN TRUE
            WHEN order_status = 'PAID' THEN previous_status <> 'CREATED'
            ELSE previous_status NOT IN ('CREATED', 'PAID')
        END AS is_illegal_transition,
        _batch_id, _source_file, _source_row
    FROM prep.order_rows
    WHERE is_change
)

SELECT
    order_id, status_at, order_status, source_status, next_status_at,
    seconds_between(status_at, next_status_at) AS duration_seconds, is_illegal_transition,
    _batch_id, _source_file, _source_row
FROM states
