"""Finding text in a million rows: one lookup on both databases, and words for typing errors."""
