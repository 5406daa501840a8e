"""Django's SQLite engine, with writers that wait better: the ``ENGINE`` of the settings."""
