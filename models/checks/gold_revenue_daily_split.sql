/*
check: gold_revenue_daily_split
on: gold.revenue_daily
severity: fail
what: Gross is new plus repeat plus guest, net is gross minus refunds, on each day.
*/
SELECT
    as_text(day) AS record_key,
    'gross ' || as_text(gross_minor) || ', new ' || as_text(new_customer_minor) || ', repeat '
        || as_text(repeat_customer_minor) || ', guest ' || as_text(guest_minor) || ', net '
        || as_text(net_minor) AS reason
FROM gold.revenue_daily
WHERE gross_minor <> new_customer_minor + repeat_customer_minor + guest_minor
    OR net_minor <> gross_minor - refunds_minor
    OR first_paid_orders > paid_orders
