"""The ground floor: no models, no requests."""
