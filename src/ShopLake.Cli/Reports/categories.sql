-- The categories that brought most, by the category a product had at the order's time, and each's share of all.
SELECT
    category,
    cast(sum(units) AS bigint) AS units,
    cast(sum(gross_minor) AS bigint) AS gross_minor,
    cast(sum(refunds_minor) AS bigint) AS refunds_minor,
    cast(sum(net_minor) AS bigint) AS net_minor,
    ratio(sum(net_minor), sum(sum(net_minor)) OVER ()) AS share_rate
FROM gold.category_daily
GROUP BY category
ORDER BY net_minor DESC, category
LIMIT 20
