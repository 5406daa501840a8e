"""Pictures that come in: real ones, rotated ones, and what only looks like one."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from klantenbeheer.foundation.pictures import reencode as module
from klantenbeheer.foundation.pictures.reencode import Crop, reencode
from klantenbeheer.kernel.errors import InvalidInput


def picture(form: str = "PNG", size: tuple[int, int] = (400, 200), **options: object) -> io.BytesIO:
    """A picture whose left half is red and right half blue."""
    image = Image.new("RGB", size, (0, 0, 255))
    image.paste((255, 0, 0), (0, 0, size[0] // 2, size[1]))
    file = io.BytesIO()
    image.save(file, form, **options)
    file.seek(0)
    return file


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    assert image.format == "WEBP"
    return image


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_every_format_becomes_a_small_webp(form: str) -> None:
    assert opened(reencode(picture(form), side=64)).size == (64, 32)


def test_the_crop_keeps_the_square_that_was_chosen() -> None:
    left = opened(reencode(picture(), side=64, crop=Crop(0, 0, 1))).convert("RGB")
    right = opened(reencode(picture(), side=64, crop=Crop(1, 0, 1))).convert("RGB")
    assert left.size == right.size == (64, 64)
    assert left.getpixel((32, 32))[0] > 200  # type: ignore[index]  # three bands
    assert right.getpixel((32, 32))[2] > 200  # type: ignore[index]  # three bands


@pytest.mark.parametrize("crop", [Crop(99, 99, 1), Crop(0, 0, 0.000001), Crop(0, 50, 0.5)])
def test_a_crop_outside_the_picture_is_moved_inside(crop: Crop) -> None:
    assert opened(reencode(picture(), side=64, crop=crop)).width >= 1


def test_it_stands_upright_and_carries_no_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "Geheime camera"
    content = reencode(picture("JPEG", exif=exif), side=64)
    assert opened(content).size == (32, 64)
    assert b"Geheime camera" not in content
    assert not opened(content).getexif()


def test_transparency_stays() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(file, "PNG")
    file.seek(0)
    assert opened(reencode(file, side=64)).mode == "RGBA"


def _png_of(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"geen plaatje",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        b"PK\x03\x04",
        picture().getvalue()[:300],
        _png_of(20_000, 20_000),
        b"GIF89a" + b"\x00" * 40,
    ],
)
def test_what_is_no_picture_or_far_too_large_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        reencode(io.BytesIO(content), side=64)
    assert list(caught.value.problems) == ["picture"]


def test_fifty_megabytes_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    with pytest.raises(InvalidInput):
        reencode(io.BytesIO(picture().getvalue() + b"\0" * 1000), side=64)


def test_a_program_behind_a_picture_is_gone() -> None:
    polyglot = picture("GIF").getvalue() + b"<script>alert(1)</script>"
    assert b"script" not in reencode(io.BytesIO(polyglot), side=64)
