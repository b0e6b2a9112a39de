/*
check: gold_stock_minutes
on: gold.stock_daily
severity: fail
what: A product is out of stock for no longer than its day.
scope: [record_key]
reads:
  gold.stock_daily: "as_text(day) || ' ' || product_id"
  prep.calendar: all
*/
SELECT
    as_text(s.day) || ' ' || s.product_id AS record_key,
    'out of stock for ' || as_text(s.out_of_stock_minutes) || ' minutes of a day of '
    || as_text(int_div(micros_between(c.starts_at, c.ends_at), 60000000)) AS reason
FROM gold.stock_daily AS s
JOIN prep.calendar AS c ON c.day = s.day
WHERE s.out_of_stock_minutes NOT BETWEEN 0 AND int_div(micros_between(c.starts_at, c.ends_at), 60000000)
