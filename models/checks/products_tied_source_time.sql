/*
check: tied_source_time
on: silver.products
severity: warn
what: >
  Two states of one instant: the one delivered last stands, but the source should tell them apart.
scope: [record_key]
reads:
  prep.product_rows: product_id where disposition = 'superseded'
*/
SELECT
    product_id AS record_key,
    'product ' || product_id || ' has ' || as_text(count(*) + 1) || ' states at ' || as_text(source_at) AS reason
FROM prep.product_rows
WHERE disposition = 'superseded'
GROUP BY product_id, source_at
