"""The search for duplicates through the whole file: how long, how much memory, how long each piece."""

from __future__ import annotations

import time
from typing import Any

from klantenbeheer.domains.duplicates import jobs
from klantenbeheer.domains.duplicates.models import Pair
from klantenbeheer.domains.duplicates.services import FIND
from klantenbeheer.foundation.jobs.models import Job, State
from klantenbeheer.foundation.jobs.running import Run

from .measure import peak_mb


def find() -> dict[str, Any]:
    """Search all that is stored, as the worker does; give what it took, and leave no pairs behind."""
    job = Job.objects.create(kind=FIND, title="meting", state=State.RUNNING, worker="meting", attempts=1)
    run = Run(job)
    before, began, worked = peak_mb(), time.perf_counter(), time.process_time()
    jobs.find(run)
    found = {
        "seconds": time.perf_counter() - began,
        "worked": time.process_time() - worked,
        "compared": run.result["compared"],
        "pairs": Pair.objects.count(),
        "start_mb": before,
        "peak_mb": peak_mb(),
    }
    Pair.objects.all().delete()
    job.delete()
    return found
