"""The worker process."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from types import FrameType

from django.db import OperationalError, close_old_connections, connection

from . import running


class WorkerLoop:
    """Claims and performs jobs until told to stop; a signal lets the job at hand end its step."""

    def __init__(self, *, parent: int | None = None) -> None:
        self.name = f"{socket.gethostname()[:30]}-{os.getpid()}"
        self.stopping = threading.Event()
        # When the supervisor is killed, an orphan must not go on beside its successor.
        self.parent = parent

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """Stop after the job at hand."""
        self.stopping.set()

    def _beat(self) -> None:
        while not self.stopping.wait(10):
            try:
                running.heartbeat(self.name)
            except OperationalError:
                pass
            finally:
                connection.close()

    def run(self) -> None:
        """Work until stopped."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        running.heartbeat(self.name)
        threading.Thread(target=self._beat, daemon=True).start()
        next_schedule = 0.0
        while not self.stopping.is_set():
            if self.parent is not None and os.getppid() != self.parent:
                break
            close_old_connections()
            if time.monotonic() >= next_schedule:
                running.enqueue_scheduled()
                next_schedule = time.monotonic() + 30
            job = running.claim(self.name)
            if job is None:
                self.stopping.wait(0.5)
            else:
                running.perform(job)
