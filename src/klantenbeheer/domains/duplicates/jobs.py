"""The search through the whole file as background work."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from klantenbeheer.customers.likeness import Face, Likeness, faces_of, likeness
from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.jobs.registry import KINDS, Kind
from klantenbeheer.foundation.jobs.running import Run
from klantenbeheer.kernel.memory import rare_collections

from . import finding, services
from .models import Pair

# So many customers are looked at together: two queries per nine hundred of them.
AT_ONCE = 1_800
# Pairs that are scored anew in one transaction: who saves meanwhile waits no longer than that.
LOOK = 200
STEP_SECONDS = 3.0


class Finder:
    """Compares who shares a key, group by group, and stores what it found together with how far it is."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.state = {"kind": 0, "part": 0, "place": 0, "compared": 0, "found": 0, **run.result}
        self.customers = Customer.objects.count()
        self.units = sum(finding.passes(kind, self.customers) for kind in finding.KINDS) + 1
        self._stepped = 0.0

    def _done(self, share: float = 0.0) -> int:
        """Say how far it is, as a number of customers."""
        before = sum(finding.passes(kind, self.customers) for kind in finding.KINDS[: self.state["kind"]])
        return int(self.customers * min(1.0, (before + self.state["part"] + share) / self.units))

    def _breathe(self) -> None:
        """Keep the lease while nothing is stored."""
        if time.monotonic() - self._stepped > STEP_SECONDS:
            self._stepped = time.monotonic()
            self.run.step(self._done(), self.customers)

    def _store(self, share: float) -> None:
        self.run.result = dict(self.state)
        self._stepped = time.monotonic()
        self.run.step(self._done(share), self.customers)

    def work(self) -> None:
        """Do what is still to be done."""
        while self.state["kind"] < len(finding.KINDS):
            kind = finding.KINDS[self.state["kind"]]
            of = finding.passes(kind, self.customers)
            while self.state["part"] < of:
                keys = finding.sorted_keys(kind, self.state["part"], of, self._breathe)
                self._compare(keys)
                self.state |= {"part": self.state["part"] + 1, "place": 0}
                self._store(0.0)
            self.state |= {"kind": self.state["kind"] + 1, "part": 0, "place": 0}
            self._store(0.0)
        self._look_back()

    def _compare(self, keys: list[int]) -> None:
        for place, groups in _bundles(keys, self.state["place"]):
            faces = faces_of(key for members in groups for key in members)
            names = {key: face.name for key, face in faces.items()}
            pairs = {pair for members in groups for pair in finding.pairs_of(members, names)}
            found = _likely(faces, pairs)
            with transaction.atomic():
                services.store(pairs if len(pairs) < AT_ONCE else set(found), found)
                self.state |= {
                    "place": place, "compared": self.state["compared"] + len(pairs),
                    "found": self.state["found"] + len(found),
                }  # fmt: skip
                self._store(place / max(1, len(keys)))

    def _look_back(self) -> None:
        """Score what is stored anew: a pair that is no longer likely goes, also when it shares no key any more."""
        after = self.state.get("looked", 0)
        while rows := list(
            Pair.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "low_id", "high_id")[:LOOK]
        ):
            after = rows[-1][0]
            with transaction.atomic():
                services.score_pairs((low, high) for _key, low, high in rows)
                self.state["looked"] = after
                self._store(0.0)
        self.state["found"] = Pair.objects.count()
        self.run.result = dict(self.state)


def _bundles(keys: list[int], start: int) -> Iterator[tuple[int, list[list[int]]]]:
    """Give groups together, as many as are looked at at once, and where in the list the next ones begin."""
    bundle: list[list[int]] = []
    count, place = 0, start
    for place, members in finding.groups(keys, start):
        # A group that is too large for one look (a mailbox of thousands) is looked at in stretches.
        bundle += [members[first : first + AT_ONCE] for first in range(0, len(members), AT_ONCE)]
        count += len(members)
        if count >= AT_ONCE:
            yield place, bundle
            bundle, count = [], 0
    if bundle:
        yield place, bundle


def _likely(faces: dict[int, Face], pairs: set[tuple[int, int]]) -> dict[tuple[int, int], Likeness]:
    found = {}
    for low, high in pairs:
        if low in faces and high in faces:
            alike = likeness(faces[low], faces[high])
            if alike.is_likely:
                found[low, high] = alike
    return found


def find(run: Run) -> None:
    """Search the whole file; goes on after the last group that was stored."""
    with rare_collections():
        Finder(run).work()


def register() -> None:
    """Make the search known to the worker; it comes by itself every night."""
    KINDS.register(Kind(services.FIND, _("Search for duplicate customers"), find, every=timedelta(days=1)))
