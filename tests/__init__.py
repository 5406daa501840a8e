"""Tests of the house as a whole; a package's own tests lie beside it."""
