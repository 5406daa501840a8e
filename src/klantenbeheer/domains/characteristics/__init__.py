"""Freely defined characteristics of customers (T7)."""
