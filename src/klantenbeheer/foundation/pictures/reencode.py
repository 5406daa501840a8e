"""Reading a picture that somebody sent, and writing it anew."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from klantenbeheer.kernel.errors import InvalidInput

MOST_BYTES = 10 * 1024**2
MOST_PIXELS = 40_000_000
# Raster formats only: an SVG is a program. Pillow looks at the contents, whatever the file is called.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")


@dataclass(frozen=True, slots=True)
class Crop:
    """The square to keep, in parts of the picture's shorter side: left and top corner, and length (0 to 1).

    ``left`` and ``top`` count from the upper left corner and may exceed 1 on the longer side.
    """

    left: float
    top: float
    length: float


def _refuse(message: str) -> InvalidInput:
    return InvalidInput({"picture": [message]})


def reencode(file: IO[bytes], *, side: int, crop: Crop | None = None) -> bytes:
    """Give the picture as WebP of at most ``side`` × ``side`` pixels, upright, without metadata.

    ``crop`` keeps a square of it. Raises ``InvalidInput`` (field ``picture``) for what is no picture, is an SVG, or
    is larger than :data:`MOST_BYTES` or :data:`MOST_PIXELS`; the size in the file's head is looked at before
    anything is unpacked.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _refuse(_("The picture is larger than %(most)d MB.") % {"most": MOST_BYTES // 1024**2})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of sizes that are refused below anyway
            with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
                width, height = opened.size
                if width * height > MOST_PIXELS:
                    raise _refuse(
                        _("The picture has %(width)d × %(height)d pixels; at most %(most)d million fit.")
                        % {"width": width, "height": height, "most": MOST_PIXELS // 1_000_000}
                    )
                opened.draft("RGB", (side * 4, side * 4))  # a large JPEG is read at a fraction of its size
                upright = ImageOps.exif_transpose(opened)
                picture = upright.convert("RGBA" if _is_transparent(upright) else "RGB")
    except InvalidInput:
        raise
    except Image.DecompressionBombError as error:  # Pillow does not even say the size of these
        raise _refuse(
            _("The picture has far too many pixels; at most %(most)d million fit.")
            % {"most": MOST_PIXELS // 1_000_000}
        ) from error
    except UnidentifiedImageError as error:
        raise _refuse(_("The file is no picture that can be read: PNG, JPEG, WebP or GIF.")) from error
    except Exception as error:  # a broken file raises whatever its reader stumbles over
        raise _refuse(_("The picture is damaged.")) from error
    if crop is not None:
        picture = _cut(picture, crop)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    result = io.BytesIO()
    picture.save(result, "WEBP", quality=85, method=4)
    return result.getvalue()


def _is_transparent(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


def _cut(picture: Image.Image, crop: Crop) -> Image.Image:
    shorter = min(picture.size)
    length = max(1, min(round(crop.length * shorter), shorter))
    left = max(0, min(round(crop.left * shorter), picture.width - length))
    top = max(0, min(round(crop.top * shorter), picture.height - length))
    return picture.crop((left, top, left + length, top + length))
