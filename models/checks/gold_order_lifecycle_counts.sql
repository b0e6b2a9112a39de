/*
check: gold_order_lifecycle_counts
on: gold.order_lifecycle_daily
severity: fail
what: Each order of a day stands in one state at most, and only cancelled ones are cancelled after payment.
*/
SELECT
    as_text(order_day) AS record_key,
    'orders ' || as_text(orders) || ', created ' || as_text(created) || ', paid ' || as_text(paid) || ', shipped '
        || as_text(shipped) || ', cancelled ' || as_text(cancelled) || ', of these after payment '
        || as_text(cancelled_after_payment) AS reason
FROM gold.order_lifecycle_daily
WHERE created + paid + shipped + cancelled > orders
    OR cancelled_after_payment > cancelled
