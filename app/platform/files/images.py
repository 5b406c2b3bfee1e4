"""Photos: decoded under limits, turned upright, re-encoded; of the metadata (place, owner …) only the time is kept."""

import io
import struct
import zlib
from datetime import UTC, datetime
from typing import Final

import msgspec
from PIL import ExifTags, Image, ImageOps

from app.platform.files.errors import BrokenPicture, TooManyPixels

LONGEST_EDGE: Final = 2560
THUMBNAIL_EDGE: Final = 480
QUALITY: Final = 85

MOST_PIXELS: Final = {
    "JPEG": 65_000_000,
    "progressive JPEG": 25_000_000,
    "PNG": 17_000_000,
    "WEBP": 13_000_000,
}
"""So that each needs about 200 MB at most. A camera's JPEG is decoded straight at a fraction of its size; a progressive
one first unpacks whole; PNG and WebP take four bytes a pixel, and more than once (two 4K screens side by side fit)."""

MOST_JPEG_SCANS: Final = 100
"""A progressive JPEG of a camera or an editor has about ten; thousands keep a core busy."""

_TAKEN: Final = ExifTags.Base.DateTimeOriginal
_OFFSET: Final = ExifTags.Base.OffsetTimeOriginal
_FIRST_YEAR: Final = 2000
"""A camera without a clock says 1970 or 1980."""

_DECODER_ERRORS: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""Everything that Pillow's readers let through for a damaged file, `UnidentifiedImageError` too."""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One photo, re-encoded, with its small copy in the same format. Sizes in pixels, upright."""

    data: bytes
    media_type: str
    extension: str
    width: int
    height: int
    thumbnail: bytes
    taken_at: datetime | None
    """When the camera says it was taken; UTC."""


def read_picture(data: bytes, image_format: str) -> Picture:
    """Decode JPEG, PNG or WEBP bytes (first frame) and encode them anew.

    When it was taken is read; whatever else the file carried is gone: EXIF with its place and owner, XMP, comments,
    colour profile, further frames, and any bytes after the picture (a phone's motion photo, or an
    archive that someone hid there).

    Raises:
        FileRefused: `TooManyPixels` before anything is decoded, `BrokenPicture` otherwise.

    """
    if image_format == "JPEG" and data.count(b"\xff\xda") > MOST_JPEG_SCANS:
        raise BrokenPicture()
    try:
        with Image.open(io.BytesIO(data), formats=(image_format,)) as opened:
            _check_pixels(opened)
            taken_at = _taken_at(opened)
            return _picture(_upright(opened), taken_at, photo=image_format == "JPEG")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise TooManyPixels(limit_megapixels=MOST_PIXELS[image_format] // 1_000_000) from bomb
    except _DECODER_ERRORS as broken:
        raise BrokenPicture() from broken


def _check_pixels(opened: Image.Image) -> None:
    """Believe the header, which the decoder will too. Raises `TooManyPixels`."""
    kind = {"PNG": "PNG", "WEBP": "WEBP"}.get(opened.format or "", "JPEG")  # a phone's two-in-one says MPO
    if kind == "JPEG" and opened.info.get("progressive"):
        kind = "progressive JPEG"
    limit = MOST_PIXELS[kind]
    if opened.width * opened.height > limit:
        raise TooManyPixels(limit_megapixels=limit // 1_000_000)


def _upright(opened: Image.Image) -> Image.Image:
    """Shrink, turn by what EXIF says, strip. Shrinking first keeps the costly copies small."""
    opened.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # only JPEG can, the others ignore it
    image = _eight_bit(opened)
    image.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(image)
    upright.info = {}
    return upright


def _eight_bit(image: Image.Image) -> Image.Image:
    """RGB, or RGBA where something is transparent."""
    if image.mode.startswith("I"):  # 16 bits of grey; a plain conversion would cut off at 255
        return image.point(lambda value: value / 256).convert("RGB")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _taken_at(opened: Image.Image) -> datetime | None:
    """The camera's word for when, in UTC; one without a zone means the platform's. None for what cannot be a time."""
    exif = opened.getexif().get_ifd(ExifTags.IFD.Exif)
    stated, offset = (str(exif.get(tag, "")).strip("\0 ") for tag in (_TAKEN, _OFFSET))
    try:
        taken = datetime.strptime(f"{stated}{offset or '+08:00'}", "%Y:%m:%d %H:%M:%S%z")
        return taken.astimezone(UTC) if taken.year >= _FIRST_YEAR else None
    except (ValueError, OverflowError):
        return None


def _picture(image: Image.Image, taken_at: datetime | None, *, photo: bool) -> Picture:
    """JPEG stays JPEG; screenshots and drawings become WebP, which keeps letters and holes."""
    image_format = "JPEG" if photo else "WEBP"
    width, height = image.size
    data = _encoded(image, image_format)
    image.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE))
    return Picture(
        data=data,
        media_type="image/jpeg" if photo else "image/webp",
        extension=".jpg" if photo else ".webp",
        width=width,
        height=height,
        thumbnail=_encoded(image, image_format),
        taken_at=taken_at,
    )


def _encoded(image: Image.Image, image_format: str) -> bytes:
    written = io.BytesIO()
    image.save(written, image_format, quality=QUALITY)
    return written.getvalue()
