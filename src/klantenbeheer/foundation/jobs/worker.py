"""The worker process."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import threading
import time
from types import FrameType

from django.db import DatabaseError, close_old_connections, connection

from . import running

# How long to wait when the database cannot be reached or its disk is full.
PAUSE_SECONDS = 5.0
logger = logging.getLogger(__name__)


class WorkerLoop:
    """Claims and performs jobs until told to stop; a signal lets the job at hand end its step."""

    def __init__(self, *, parent: int | None = None) -> None:
        self.name = f"{socket.gethostname()[:30]}-{os.getpid()}"
        self.stopping = threading.Event()
        # When the supervisor is killed, an orphan must not go on beside its successor.
        self.parent = parent
        self._next_schedule = 0.0

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """Stop after the job at hand."""
        self.stopping.set()

    def _beat(self) -> None:
        while not self.stopping.wait(10):
            try:
                running.heartbeat(self.name)
            except DatabaseError:
                pass
            finally:
                connection.close()

    def run(self) -> None:
        """Work until stopped."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        beat = threading.Thread(target=self._beat, daemon=True)
        beat.start()
        while not self.stopping.is_set():
            if self.parent is not None and os.getppid() != self.parent:
                break
            close_old_connections()
            try:
                idle = not self._turn()
            except DatabaseError:
                # Also a job whose failure could not be stored: its lease runs out and it is taken up again.
                logger.exception("the database does not answer; trying again")
                connection.close()
                self.stopping.wait(PAUSE_SECONDS)
            else:
                if idle:
                    self.stopping.wait(0.5)
        # Gone is known at once, not when the last sign of life is old.
        self.stopping.set()
        beat.join(timeout=5)
        with contextlib.suppress(DatabaseError):
            running.farewell(self.name)

    def _turn(self) -> bool:
        """Do what is due; gives whether there was a job."""
        if time.monotonic() >= self._next_schedule:
            running.heartbeat(self.name)
            running.enqueue_scheduled()
            self._next_schedule = time.monotonic() + 30
        job = running.claim(self.name)
        if job is not None:
            running.perform(job)
        return job is not None
