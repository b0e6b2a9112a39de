/*
check: gold_stock_minutes
on: gold.stock_daily
severity: fail
what: A product is out of stock for no more than the 25 hours that a day can have.
scope: [record_key]
reads:
  gold.stock_daily: "as_text(day) || ' ' || product_id"
*/
SELECT
    as_text(day) || ' ' || product_id AS record_key,
    'out of stock for ' || as_text(out_of_stock_minutes) || ' minutes' AS reason
FROM gold.stock_daily
WHERE out_of_stock_minutes NOT BETWEEN 0 AND 1500
