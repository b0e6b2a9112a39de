-- What the rules keep out of Silver now, with one reason of each.
SELECT
    rule,
    bronze_table,
    count(*) AS rows,
    cast(sum(amount_minor) AS bigint) AS amount_minor,
    min(reason) AS for_example
FROM silver.quarantine
GROUP BY rule, bronze_table
ORDER BY bronze_table, rule
