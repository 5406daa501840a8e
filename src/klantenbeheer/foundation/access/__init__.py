"""Users, roles, rights, and the gate that every request passes."""
