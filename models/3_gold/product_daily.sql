/*
name: gold.product_daily
grain: [day, product_id]
what: >
  What each product brought: its lines' share of the captures of a day minus their share of the refunds of that day,
  so every day sums to revenue_daily. Orders, units and sold money (quantity × unit price) stand on the order's
  first paid day. Sold is compared with list price at the order's time over lines that have one not assumed; both
  average prices are weighted by quantity.
file_per_month: day
scope: [day, product_id]
reads:
  prep.order_line_days: day, product_id
*/
WITH days AS (
    SELECT
        day,
        product_id,
        count(DISTINCT order_id) FILTER (WHERE is_first_paid_day) AS orders,
        cast(coalesce(sum(units), 0) AS bigint) AS units,
        cast(coalesce(sum(sold_minor), 0) AS bigint) AS sold_minor,
        cast(sum(gross_minor) AS bigint) AS gross_minor,
        cast(sum(refunds_minor) AS bigint) AS refunds_minor,
        cast(coalesce(sum(priced_units), 0) AS bigint) AS priced_units,
        cast(coalesce(sum(compared_units), 0) AS bigint) AS compared_units,
        cast(coalesce(sum(compared_sold_minor), 0) AS bigint) AS compared_sold_minor,
        cast(coalesce(sum(compared_list_minor), 0) AS bigint) AS compared_list_minor
    FROM prep.order_line_days
    GROUP BY day, product_id
)

SELECT
    day,
    product_id,
    orders,
    units,
    sold_minor,
    gross_minor,
    refunds_minor,
    gross_minor - refunds_minor AS net_minor,
    compared_units,
    compared_sold_minor,
    compared_list_minor,
    round_div(sold_minor, priced_units) AS avg_sold_price_minor,
    round_div(compared_list_minor, compared_units) AS avg_list_price_minor
FROM days
