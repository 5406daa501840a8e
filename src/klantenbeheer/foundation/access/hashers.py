"""Password hashing."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with the memory of OWASP's first choice (46 MiB, one pass).

    The library's 100 MiB would take 800 MB when eight people sign in at once.
    """

    time_cost = 1
    memory_cost = 47_104
    parallelism = 1
