"""What every part stands on: rights, history, jobs, files, search, the interface."""
