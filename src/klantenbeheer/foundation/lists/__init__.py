"""Lists that people live in: columns, conditions in words, saved views, files of what is shown. No list of its own."""
