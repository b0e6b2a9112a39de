/*
name: prep.stock_days
grain: [product_id, day]
what: >
  Each day on which a product's stock changed (also: the product was deleted) or was out (0 or less), with the level
  at the end of the day, unknown once deleted, and the microseconds it was out. The current level counts here to the
  end of the day it began.
scope: [product_id]
timeline:
  at: day
  during: {silver.stock_levels: business_day(changed_at) to business_day(next_changed_at)}
reads:
  silver.stock_levels: product_id
  prep.calendar: all
  prep.numbers: all
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

-- Only a level that is out is followed beyond the day it began, and few are.
outages AS (
    SELECT product_id, available_stock, changed_at, next_changed_at, first_day, next_day,
        days_between(first_day, next_day) AS midnights
    FROM levels
    WHERE available_stock <= 0 AND next_day > first_day
),

-- A deletion ends a level and begins none.
endings AS (
    SELECT l.product_id, l.changed_at, l.next_changed_at, l.next_day
    FROM levels AS l
    LEFT JOIN levels AS n ON n.product_id = l.product_id AND n.changed_at = l.next_changed_at
    WHERE l.next_day IS NOT NULL AND n.product_id IS NULL
),

spans AS (
    SELECT product_id, available_stock, changed_at, next_changed_at, next_day, first_day AS day, TRUE AS is_change
    FROM levels
    UNION ALL
    SELECT
        o.product_id, o.available_stock, o.changed_at, o.next_changed_at, o.next_day, plus_days(o.first_day, n.n), FALSE
    FROM outages AS o
    JOIN prep.numbers AS n ON n.n <= o.midnights
    WHERE n.n > 0
    UNION ALL
    SELECT product_id, NULL, changed_at, next_changed_at, next_day, next_day, TRUE
    FROM endings
),

days AS (
    SELECT
        s.product_id,
        s.day,
        s.is_change,
        CASE WHEN s.next_day IS NULL OR s.day < s.next_day THEN s.available_stock END AS closing_stock,
        CASE WHEN s.available_stock <= 0
             THEN greatest(0, micros_between(greatest(s.changed_at, c.starts_at),
                 least(coalesce(s.next_changed_at, c.ends_at), c.ends_at)))
             ELSE 0 END AS out_micros
    FROM spans AS s
    JOIN prep.calendar AS c ON c.day = s.day
)

SELECT
    product_id,
    day,
    max(closing_stock) AS closing_stock,
    cast(sum(out_micros) AS bigint) AS out_micros
FROM days
WHERE is_change OR out_micros > 0
GROUP BY product_id, day
