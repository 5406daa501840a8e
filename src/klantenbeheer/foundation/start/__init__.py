"""The start page (N9): what is waiting for the user who signs in."""
