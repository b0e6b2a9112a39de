/*
name: prep.calendar
grain: [day]
what: >
  The business days of a century, from the day before the earliest day of the lake (in some zones it begins there),
  each with the instants at which it begins and ends in the reporting zone: 23 or 25 hours where the clock changes.
*/
WITH days AS (
    SELECT plus_days(earliest_day(), n - 1) AS day
    FROM prep.numbers
)

SELECT day, day_start(day) AS starts_at, day_start(plus_days(day, 1)) AS ends_at
FROM days
