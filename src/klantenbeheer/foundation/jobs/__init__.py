"""Background work: rows with a lease, so that whatever a killed worker left is taken over."""
