"""What people are to be told and were told: deliveries, notifications, digests, the reminder ledger."""
