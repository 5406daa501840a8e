"""Model fields that more than one part uses."""
