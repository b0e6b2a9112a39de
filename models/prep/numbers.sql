/*
name: prep.numbers
grain: [n]
what: >
  The whole numbers from 0 to 39,999, to spread a span over its days or a cohort over its periods: a century of days.
*/
WITH digits (d) AS (
    VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)
)

SELECT cast(ones.d + 10 * tens.d + 100 * hundreds.d + 1000 * thousands.d + 10000 * ten_thousands.d AS bigint) AS n
FROM digits AS ones
CROSS JOIN digits AS tens
CROSS JOIN digits AS hundreds
CROSS JOIN digits AS thousands
CROSS JOIN digits AS ten_thousands
WHERE ten_thousands.d < 4
