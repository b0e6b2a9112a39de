/*
name: gold.customers
grain: [user_id]
what: >
  One row a customer, known to the users feed or seen only in orders; guests have none. Recency counts days from the
  last successful payment to the data clock. RFM scores run from 1 to 5 among customers with a paid order: 1 plus
  five times the share of customers strictly lower, cut to a whole number, so that ties share a score. Recency is
  scored by last_paid_day, frequency by paid_orders, monetary by net.
*/
WITH scored AS (
    SELECT
        user_id,
        1 + int_div(5 * (rank() OVER (ORDER BY last_paid_day NULLS FIRST) - 1), count(*) OVER ()) AS recency_score,
        1 + int_div(5 * (rank() OVER (ORDER BY paid_orders NULLS FIRST) - 1), count(*) OVER ()) AS frequency_score,
        1 + int_div(5 * (rank() OVER (ORDER BY gross_minor - refunds_minor NULLS FIRST) - 1), count(*) OVER ())
            AS monetary_score
    FROM prep.customer_totals
    WHERE paid_orders > 0
)

SELECT
    t.user_id,
    t.first_paid_at,
    t.last_paid_at,
    t.first_paid_day,
    t.last_paid_day,
    days_between(t.last_paid_day, c.as_of_day) AS days_since_last,
    t.orders,
    t.paid_orders,
    t.gross_minor,
    t.refunds_minor,
    t.gross_minor - t.refunds_minor AS net_minor,
    s.recency_score,
    s.frequency_score,
    s.monetary_score,
    t.is_known
FROM prep.customer_totals AS t
CROSS JOIN gold.as_of AS c
LEFT JOIN scored AS s ON s.user_id = t.user_id
