/*
name: gold.revenue_daily
grain: [day]
what: >
  Money by the day it moved: successful payments on their own business day, minus refunds on the day of the
  refund, so a day that is over never changes because of a later refund. New is what first orders brought,
  repeat what other orders of known customers brought, guest the rest; refunds are not split. Paid orders are
  the distinct orders with a success that day; AOV is gross over them.
scope: [day]
reads:
  prep.payment_entries: day
*/
WITH days AS (
    SELECT
        day,
        cast(coalesce(sum(amount_minor) FILTER (WHERE payment_status = 'SUCCESS'), 0) AS bigint) AS gross_minor,
        cast(coalesce(sum(amount_minor) FILTER (WHERE payment_status = 'REFUNDED'), 0) AS bigint) AS refunds_minor,
        cast(coalesce(sum(amount_minor) FILTER (WHERE payment_status = 'SUCCESS' AND is_first_order), 0) AS bigint)
            AS new_customer_minor,
        cast(coalesce(sum(amount_minor) FILTER (WHERE payment_status = 'SUCCESS' AND NOT is_first_order), 0) AS bigint)
            AS repeat_customer_minor,
        cast(coalesce(sum(amount_minor) FILTER (WHERE payment_status = 'SUCCESS' AND user_id IS NULL), 0) AS bigint)
            AS guest_minor,
        count(DISTINCT order_id) FILTER (WHERE payment_status = 'SUCCESS') AS paid_orders,
        count(DISTINCT order_id) FILTER (WHERE payment_status = 'SUCCESS' AND is_first_paid_day) AS first_paid_orders,
        count(*) FILTER (WHERE payment_status = 'REFUNDED') AS refund_entries
    FROM prep.payment_entries
    WHERE payment_status IN ('SUCCESS', 'REFUNDED')
    GROUP BY day
)

SELECT
    day,
    gross_minor,
    refunds_minor,
    gross_minor - refunds_minor AS net_minor,
    new_customer_minor,
    repeat_customer_minor,
    guest_minor,
    paid_orders,
    first_paid_orders,
    refund_entries,
    round_div(gross_minor, paid_orders) AS aov_minor
FROM days
