/*
name: prep.active_days
grain: [basis, user_id, day]
what: >
  The days on which a user was active. By first_paid_order: the day of the first successful payment of each of the
  user's orders, which no later refund undoes. By first_event: each day with an event of the user, signed in or
  stitched, whose clock is not skewed.
scope: [basis, user_id]
timeline:
  at: day
  during: {prep.customer_orders: first_paid_day, silver.events: business_day(event_at)}
reads:
  prep.customer_orders: "'first_paid_order', user_id"
  silver.events: "'first_event', resolved_user_id"
*/
SELECT 'first_paid_order' AS basis, user_id, first_paid_day AS day
FROM prep.customer_orders
GROUP BY user_id, first_paid_day
UNION ALL
SELECT 'first_event', resolved_user_id, business_day(event_at)
FROM silver.events
WHERE resolved_user_id IS NOT NULL
    AND NOT is_clock_skewed
GROUP BY resolved_user_id, business_day(event_at)
