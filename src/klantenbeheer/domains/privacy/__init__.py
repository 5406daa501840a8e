"""The rights of the people whose data we keep: archives, erasure, the register of requests."""
