"""Contact persons and branches of a customer (T1)."""
