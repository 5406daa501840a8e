"""The customer card: tab registry, shell, and the generic record tab."""
