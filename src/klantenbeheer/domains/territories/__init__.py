"""Sales regions: their tree, where they lie, who sells there, and which customers belong to them."""
