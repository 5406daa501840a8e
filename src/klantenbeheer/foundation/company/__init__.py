"""The owner of this installation: what stands on his papers, his clock and his year."""
