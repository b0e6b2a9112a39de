/*
name: prep.customer_cohorts
grain: [user_id]
what: >
  The month of each customer's first paid order, and the business days from it to the second, by the first
  successful payment of each; NULL while there is no second.
scope: [user_id]
reads:
  prep.customer_orders: user_id
*/
SELECT
    f.user_id,
    month_of(f.first_paid_day) AS cohort_month,
    days_between(f.first_paid_day, s.first_paid_day) AS days_to_second
FROM prep.customer_orders AS f
LEFT JOIN prep.customer_orders AS s ON s.user_id = f.user_id AND s.paid_order_number = 2
WHERE f.paid_order_number = 1
