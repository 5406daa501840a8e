"""The command palette (N10): everything that one may open or do, a few letters away."""
