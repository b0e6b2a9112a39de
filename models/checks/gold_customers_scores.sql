/*
check: gold_customers_scores
on: gold.customers
severity: fail
what: Customers with a paid order, and only they, have a first payment and three scores from 1 to 5.
scope: [record_key]
reads:
  gold.customers: user_id
*/
SELECT
    user_id AS record_key,
    'paid orders ' || as_text(paid_orders) || ', scores ' || coalesce(as_text(recency_score), 'none') || ' '
        || coalesce(as_text(frequency_score), 'none') || ' ' || coalesce(as_text(monetary_score), 'none') AS reason
FROM gold.customers
WHERE (paid_orders > 0) <> (first_paid_at IS NOT NULL)
    OR (paid_orders > 0) <> (recency_score IS NOT NULL AND frequency_score IS NOT NULL AND monetary_score IS NOT NULL)
    OR recency_score NOT BETWEEN 1 AND 5
    OR frequency_score NOT BETWEEN 1 AND 5
    OR monetary_score NOT BETWEEN 1 AND 5
