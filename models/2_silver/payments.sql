/*
name: silver.payments
grain: [payment_id, payment_status, payment_at]
what: >
  A ledger of entries: a SUCCESS stays in its day when REFUNDED entries come later, and each REFUNDED is an amount of
  its own, never a running total. has_conflict: the entry came with different contents; the latest stands.
scope: [payment_id]
reads:
  prep.payment_rows: payment_id
*/
SELECT
    payment_id, payment_status, payment_at, order_id, amount_minor, has_conflict, source_system,
    _batch_id, _source_file, _source_row
FROM prep.payment_rows
WHERE disposition = 'used'
