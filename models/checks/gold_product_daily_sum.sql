/*
check: gold_product_daily_sum
on: gold.revenue_daily
severity: fail
what: The products of a day sum to its revenue.
scope: [record_key]
reads:
  gold.revenue_daily: as_text(day)
  gold.product_daily: as_text(day)
*/
WITH days AS (
    SELECT day, sum(gross_minor) AS gross_minor, sum(refunds_minor) AS refunds_minor
    FROM gold.product_daily
    GROUP BY day
)

SELECT
    as_text(r.day) AS record_key,
    'gross ' || as_text(r.gross_minor) || ' and refunds ' || as_text(r.refunds_minor) || ', but gold.product_daily has '
        || as_text(coalesce(d.gross_minor, 0)) || ' and ' || as_text(coalesce(d.refunds_minor, 0)) AS reason
FROM gold.revenue_daily AS r
LEFT JOIN days AS d ON d.day = r.day
WHERE r.gross_minor <> coalesce(d.gross_minor, 0)
    OR r.refunds_minor <> coalesce(d.refunds_minor, 0)
