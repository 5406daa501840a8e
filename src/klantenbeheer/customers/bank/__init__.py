"""Bank accounts, mandates, and the second pair of eyes before a changed IBAN counts (B6)."""
