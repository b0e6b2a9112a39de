/*
name: prep.stock_days
grain: [product_id, day]
what: >
  Each day on which a product's stock changed or was out (0 or less), with the level at the end of the day (unknown
  once the product is deleted) and the microseconds it was out. The current level counts here to the end of the
  day it began.
*/
WITH levels AS (
    SELECT
        product_id,
        available_stock,
        changed_at,
        coalesce(next_changed_at, day_start(plus_days(business_day(changed_at), 1))) AS ended_at,
        business_day(changed_at) AS first_day,
        coalesce(business_day(next_changed_at), plus_days(business_day(changed_at), 1)) AS next_day
    FROM silver.stock_levels
),

days AS (
    SELECT
        l.product_id,
        l.available_stock,
        l.changed_at,
        l.ended_at,
        l.next_day,
        n.n,
        plus_days(l.first_day, n.n) AS day
    FROM levels AS l
    JOIN prep.numbers AS n
        ON n.n <= CASE WHEN l.available_stock <= 0 THEN days_between(l.first_day, l.next_day) ELSE 0 END
),

measured AS (
    SELECT
        product_id,
        day,
        n,
        CASE WHEN day < next_day THEN available_stock END AS closing_stock,
        CASE WHEN available_stock <= 0
             THEN micros_between(greatest(changed_at, day_start(day)), least(ended_at, day_start(plus_days(day, 1))))
             ELSE 0 END AS out_micros
    FROM days
)

SELECT
    product_id,
    day,
    max(closing_stock) AS closing_stock,
    cast(sum(out_micros) AS bigint) AS out_micros
FROM measured
WHERE n = 0 OR out_micros > 0
GROUP BY product_id, day
