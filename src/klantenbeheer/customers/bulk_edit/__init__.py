"""Changing one value of many customers at once: chosen, looked at before, and taken back whole."""
