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
        next_changed_at,
        business_day(changed_at) AS first_day,
        business_day(next_changed_at) AS next_day
    FROM silver.stock_levels
),

days AS (
    SELECT
        l.product_id,
        d.day,
        d.day = l.first_day AS is_first_day,
        CASE WHEN l.next_day IS NULL OR d.day < l.next_day THEN l.available_stock END AS closing_stock,
        CASE WHEN l.available_stock <= 0
             THEN micros_between(greatest(l.changed_at, d.starts_at),
                 least(coalesce(l.next_changed_at, d.ends_at), d.ends_at))
             ELSE 0 END AS out_micros
    FROM levels AS l
    JOIN prep.calendar AS d
        ON d.day >= l.first_day
        AND d.day <= CASE WHEN l.available_stock <= 0 THEN coalesce(l.next_day, l.first_day) ELSE l.first_day END
)

SELECT
    product_id,
    day,
    max(closing_stock) AS closing_stock,
    cast(sum(out_micros) AS bigint) AS out_micros
FROM days
WHERE is_first_day OR out_micros > 0
GROUP BY product_id, day
