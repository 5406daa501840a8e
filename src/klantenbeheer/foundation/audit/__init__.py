"""History: every write belongs to an action of somebody, and leaves a version of each record it touched."""
