/*
check: non_negative_stock
on: silver.stock_levels
severity: warn
what: >
  More was sold than there was, or stock is booked late.
scope: [record_key]
reads:
  silver.stock_levels: product_id
*/
SELECT
    product_id AS record_key,
    'product ' || product_id || ' has ' || as_text(available_stock) || ' on hand since '
    || as_text(changed_at) AS reason
FROM silver.stock_levels
WHERE available_stock < 0
