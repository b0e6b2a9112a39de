/*
name: gold.quality_scorecard
grain: [rule, table_name]
what: >
  Every quality rule with the rows of its table, how many of them fail it now, and how many it keeps out of Silver.
*/
SELECT rule, table_name, severity, rows_checked, rows_failed, rows_quarantined
FROM prep.rule_counts
