/*
name: prep.order_rows
grain: [_batch_id, _source_file, _source_row]
what: >
  Accepted rows of orders in our words, equal content once at its first position. States run by source time, then
  CREATED, PAID, SHIPPED, CANCELLED, then position. User, amount and order time are those that the order was created
  with: the first known one, rows of CREATED before all others. Disposition: used = it changes the status, is the
  current row, or gives user, amount or order time; superseded = another row has the same time and status;
  duplicate = it changes nothing. Further deliveries of a row are duplicates.
scope: [order_id]
reads:
  bronze.orders_raw: order_id
  prep.orders_quarantine: record_key
*/
WITH accepted AS (
    SELECT
        r.order_id, nullif(r.user_id, '') AS user_id, v.word AS order_status, r.order_status AS source_status,
        CASE v.word WHEN 'CREATED' THEN 1 WHEN 'PAID' THEN 2 WHEN 'SHIPPED' THEN 3 ELSE 4 END AS status_rank,
        to_minor(r.order_amount) AS amount_minor, r.order_ts AS ordered_at, r.updated_at,
        r.source_system, r.ingestion_time, r._batch_id, r._source_file, r._source_row
    FROM bronze.orders_raw AS r
    INNER JOIN config.vocabulary AS v ON v.field = 'order_status' AND v.source_word = r.order_status
    LEFT JOIN prep.orders_quarantine AS q
        ON q._batch_id = r._batch_id AND q._source_file = r._source_file AND q._source_row = r._source_row
    WHERE v.word <> 'ignore' AND q.rule IS NULL
),

numbered AS (
    SELECT
        a.*,
        coalesce(updated_at, ordered_at, ingestion_time) AS status_at,
        row_number() OVER (
            PARTITION BY order_id, user_id, source_status, amount_minor, ordered_at, updated_at
            ORDER BY _batch_id, _source_file, _source_row
        ) AS delivery,
        count(*) OVER (
            PARTITION BY order_id, user_id, source_status, amount_minor, ordered_at, updated_at
        ) AS deliveries
    FROM accepted AS a
),

sequenced AS (
    SELECT
        n.*,
        lag(order_status) OVER timeline AS previous_status,
        lead(order_status) OVER timeline IS NULL AS is_latest,
        row_number() OVER (
            PARTITION BY order_id
            ORDER BY CASE WHEN order_status = 'CREATED' THEN 0 ELSE 1 END, status_at,
                _batch_id, _source_file, _source_row
        ) AS creation_order,
        count(*) OVER (PARTITION BY order_id, status_at, order_status) > 1 AS is_tied
    FROM numbered AS n
    WHERE delivery = 1
    WINDOW timeline AS (PARTITION BY order_id ORDER BY status_at, status_rank, _batch_id, _source_file, _source_row)
),

frozen AS (
    SELECT
        s.*,
        order_status IS DISTINCT FROM previous_status AS is_change,
        creation_order = min(CASE WHEN user_id IS NULL THEN NULL ELSE creation_order END) OVER whole AS g_user,
        creation_order = min(CASE WHEN amount_minor IS NULL THEN NULL ELSE creation_order END) OVER whole AS g_amount,
        creation_order = min(CASE WHEN ordered_at IS NULL THEN NULL ELSE creation_order END) OVER whole AS g_time
    FROM sequenced AS s
    WINDOW whole AS (PARTITION BY order_id)
)

SELECT
    order_id, user_id, order_status, source_status, previous_status, source_system,
    CASE
        WHEN is_change OR is_latest OR g_user OR g_amount OR g_time THEN 'used'
        WHEN is_tied THEN 'superseded'
        ELSE 'duplicate'
    END AS disposition,
    status_rank, amount_minor, deliveries, is_change, is_latest,
    coalesce(g_user, FALSE) AS gives_user, coalesce(g_amount, FALSE) AS gives_amount,
    coalesce(g_time, FALSE) AS gives_time, is_tied, ordered_at, status_at, _batch_id, _source_file, _source_row
FROM frozen
