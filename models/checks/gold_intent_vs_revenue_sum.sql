/*
check: gold_intent_vs_revenue_sum
on: gold.intent_vs_revenue_daily
severity: fail
what: Money by order day is the same in both tables, and what was ordered is paid, unpaid or cancelled.
*/
SELECT
    as_text(i.order_day) AS record_key,
    'ordered ' || as_text(i.ordered_minor) || ', paid ' || as_text(i.paid_minor) || ', unpaid '
        || as_text(i.unpaid_minor) || ', cancelled ' || as_text(i.cancelled_minor) || ', net ' || as_text(i.net_minor)
        || '; gold.revenue_by_order_day has gross ' || as_text(r.gross_minor) || ', net '
        || as_text(r.net_minor) AS reason
FROM gold.intent_vs_revenue_daily AS i
LEFT JOIN gold.revenue_by_order_day AS r ON r.order_day = i.order_day
WHERE i.paid_minor IS DISTINCT FROM r.gross_minor
    OR i.net_minor IS DISTINCT FROM r.net_minor
    OR i.orders IS DISTINCT FROM r.orders
    OR i.ordered_minor > i.paid_minor + i.unpaid_minor + i.cancelled_minor
