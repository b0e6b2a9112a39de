/*
name: gold.stock_daily
grain: [day, product_id]
what: >
  Each day on which a product's stock changed or was out (0 or less), up to the data clock: the level at the end of
  the day, and for how many minutes of the real length of that day it was out. Before its first record a product
  is unknown, not out. The minutes of the data clock's own day are unknown until it is over.
file_per_month: day
scope: [product_id]
reads:
  prep.stock_days: product_id
  silver.stock_levels: product_id
  prep.calendar: all
  gold.as_of: all
*/
WITH open_levels AS (
    SELECT
        s.product_id,
        s.available_stock,
        business_day(s.changed_at) AS first_day,
        c.as_of_day
    FROM silver.stock_levels AS s
    CROSS JOIN gold.as_of AS c
    WHERE s.next_changed_at IS NULL
        AND s.available_stock <= 0
),

days AS (
    SELECT product_id, day, closing_stock, out_micros
    FROM prep.stock_days
    UNION ALL
    SELECT l.product_id, d.day, l.available_stock, micros_between(d.starts_at, d.ends_at)
    FROM open_levels AS l
    JOIN prep.calendar AS d ON d.day > l.first_day AND d.day <= l.as_of_day AND d.ends_at > d.starts_at
)

SELECT
    d.day,
    d.product_id,
    d.closing_stock,
    CASE WHEN d.day < c.as_of_day THEN int_div(d.out_micros, 60000000) END AS out_of_stock_minutes
FROM days AS d
CROSS JOIN gold.as_of AS c
WHERE d.day <= c.as_of_day
