"""Checking VAT numbers with VIES, and the evidence of each answer (N5)."""
