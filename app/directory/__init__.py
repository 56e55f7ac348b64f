"""The rows that all rooms know: persons with their roles, territories, commissions."""
