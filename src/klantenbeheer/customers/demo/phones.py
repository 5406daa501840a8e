"""Telephone numbers in international form, spaced as each country writes them."""

from __future__ import annotations

from collections.abc import Callable


def _nl(area: str, d: str) -> str:
    return f"+31 {area} {d[:3]} {d[3:7]}" if len(area) == 2 else f"+31 {area} {d[:3]} {d[3:6]}"


def _be(area: str, d: str) -> str:
    return (
        f"+32 {area} 2{d[1:3]} {d[3:5]} {d[5:7]}"
        if len(area) == 1
        else f"+32 {area} {d[:2]} {d[2:4]} {d[4:6]}"
    )


def _de(area: str, d: str) -> str:
    return f"+49 {area} {d[:7]}"


def _fr(area: str, d: str) -> str:
    # The area is the first digit and, where it has a space, the pair after it.
    return f"+33 {area} {d[:2]} {d[2:4]} {d[4:6]}"


def _lu(area: str, d: str) -> str:
    return f"+352 {area} {d[:2]} {d[2:4]} {d[4:6]}"


def _dk(area: str, d: str) -> str:
    return f"+45 {area} {d[:2]} {d[2:4]} {d[4:6]}"


def _it(area: str, d: str) -> str:
    return f"+39 {area} {d[:4]} {d[4:8]}" if len(area) == 2 else f"+39 {area} {d[:6]}"


def _es(area: str, d: str) -> str:
    rest = d[: 9 - len(area)]
    number = area + rest
    return f"+34 {number[:3]} {number[3:5]} {number[5:7]} {number[7:9]}"


def _pl(area: str, d: str) -> str:
    return f"+48 {area} {d[:3]} {d[3:5]} {d[5:7]}"


def _at(area: str, d: str) -> str:
    return f"+43 {area} {d[:7]}" if area == "1" else f"+43 {area} {d[:6]}"


def _se(area: str, d: str) -> str:
    return f"+46 {area} {d[:3]} {d[3:5]} {d[5:7]}"


def _gr(area: str, d: str) -> str:
    return f"+30 {area} 0{d[:3]} {d[3:7]}" if area == "21" else f"+30 {area} 0{d[:2]} {d[2:6]}"


def _gb(area: str, d: str) -> str:
    return f"+44 {area} {d[:3]} {d[3:7]}"


def _ch(area: str, d: str) -> str:
    return f"+41 {area} {d[:3]} {d[3:5]} {d[5:7]}"


def _no(area: str, d: str) -> str:
    # The area is the first two digits.
    return f"+47 {area} {d[:2]} {d[2:4]} {d[4:6]}"


FIXED: dict[str, Callable[[str, str], str]] = {
    "NL": _nl, "BE": _be, "DE": _de, "FR": _fr, "LU": _lu, "DK": _dk, "IT": _it, "ES": _es, "PL": _pl, "AT": _at,
    "SE": _se, "GR": _gr, "GB": _gb, "CH": _ch, "NO": _no,
}  # fmt: skip


def mobile(country: str, d: str) -> str:
    """Give a mobile number of countries whose contacts have one here; empty for the others."""
    if country == "NL":
        return f"+31 6 {1 + int(d[0]) % 5}{d[1:8]}"
    if country == "BE":
        return f"+32 47{d[1]} {d[2:4]} {d[4:6]} {d[6:8]}"
    if country == "DE":
        return f"+49 171 {d[:7]}"
    if country == "FR":
        return f"+33 6 1{d[1]} {d[2:4]} {d[4:6]} {d[6:8]}"
    return ""
