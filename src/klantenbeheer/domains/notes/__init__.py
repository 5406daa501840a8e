"""Notes on a customer (T10)."""
