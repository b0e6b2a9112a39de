-- The data clock: up to when the numbers speak.
SELECT as_of_at, as_of_day FROM gold.as_of
