"""Completeness: translations, migrations, registries, small modules."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from klantenbeheer.card.tabs import TABS
from klantenbeheer.foundation.access.rights import RIGHTS
from klantenbeheer.kernel.registry import Registry, RegistryError
from klantenbeheer.kernel.sqlite import is_repaired

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "klantenbeheer"


def test_every_message_is_translated() -> None:
    with (PACKAGE / "locale/nl/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file)
    open_ones: list[Any] = []
    for message in catalogue:
        strings: Any = message.string if message.pluralizable else [message.string]
        if message.id and (message.fuzzy or not all(strings)):
            open_ones.append(message.id)
    assert open_ones == []


def test_no_module_is_too_long() -> None:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    long = {
        name: lines
        for name in listed.stdout.split()
        if "migrations/" not in name
        and (ROOT / name).exists()
        and (lines := len((ROOT / name).read_text(encoding="utf-8").splitlines())) > 420
    }
    assert long == {}


def test_every_tab_has_a_right() -> None:
    assert all(tab.right_key in RIGHTS for tab in TABS)


def test_a_registry_refuses() -> None:
    registry: Registry[str] = Registry("test", str, key=lambda entry: entry)
    registry.register("a")
    with pytest.raises(RegistryError, match="taken"):
        registry.register("a")
    with pytest.raises(RegistryError):
        registry.register(1)  # type: ignore[arg-type]  # the refusal is what is tested
    with pytest.raises(RegistryError, match="not registered"):
        registry.get("b")
    registry.close()
    with pytest.raises(RegistryError, match="over"):
        registry.register("c")


@pytest.mark.parametrize(
    ("version", "safe"),
    [((3, 40, 1), False), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 50, 7), True), ((3, 53, 4), True)],
)
def test_sqlite_versions_with_the_corruption_bug_are_known(version: tuple[int, ...], safe: bool) -> None:
    assert is_repaired(version) is safe


def _declared(component: str) -> set[str]:
    found = re.search(r"<c-vars([^>]*)/>", component)
    return {name.replace("-", "_") for name in re.findall(r"\s:?([\w-]+)", found[1])} if found else set()


def test_no_value_goes_unescaped_onto_an_element() -> None:
    """Cotton writes ``:name="value"`` unescaped onto the element unless the component declares the name."""
    components = {
        path.stem.replace("_", "-"): _declared(path.read_text(encoding="utf-8"))
        for path in PACKAGE.glob("**/templates/cotton/*.html")
    }
    assert "href" in components["button"]
    bare = []
    for path in PACKAGE.glob("**/templates/**/*.html"):
        for use in re.finditer(
            r"<c-([\w-]+)((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>", path.read_text(encoding="utf-8")
        ):
            if use[1] not in ("vars", "slot"):
                names = {name.replace("-", "_") for name in re.findall(r"\s:([\w-]+)=", use[2])}
                bare += [(path.name, use[1], name) for name in names - components[use[1]]]
    assert bare == []
