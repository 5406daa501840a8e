"""Settings of a measured process: as in production, with a database and files that are thrown away."""

from __future__ import annotations

from klantenbeheer.config.settings.base import *  # noqa: F403 - a settings module is its base plus what differs

SECRET_KEY = "only-for-measuring"  # noqa: S105 - guards nothing outside a measurement
ALLOWED_HOSTS = ["testserver"]
