"""Signatures and photos made fit to stand in a document."""

from base64 import b64encode
from io import BytesIO

from PIL import Image, ImageChops, ImageOps

from app.platform.documents.errors import BlankSignature, PhotoTooLarge, SignatureTooLarge, UnusableImage

SIGNATURE_BYTES_LIMIT = 512 * 1024
SIGNATURE_SIDE_LIMIT = 4096
PHOTO_PIXELS_LIMIT = 50_000_000
PHOTO_SIDE = 1200
"""Longest side of a photo in a document, in pixels: 300 per inch at its printed size."""

_INK = (22, 32, 58)
_MARGIN = 8
_FAINT = 24
_LEAST_EXTENT = 0.04
"""Of the sheet's longer side: on a phone a centimetre's third. A tap leaves a tenth of a centimetre."""
_LEAST_INK = 0.0004
"""Pixels of full ink, of the square over the sheet's longer side: a stroke of less than a centimetre, or five taps."""


def signature_ink(image: bytes) -> str:
    """The strokes of a signature as a drawing: dark ink on nothing, cropped to what was written.

    Raises:
        UnusableImage: not a readable PNG; its kinds: too large, nothing written.
    """
    return _drawing(_ink_of(image), "PNG")


def clean_signature(image: bytes) -> bytes:
    """The strokes alone as a new PNG, fit to be kept: whatever else the upload carried is gone.

    Raises:
        UnusableImage: not a readable PNG; its kinds: too large, nothing written, or no more than a dot.
    """
    ink, sheet = _ink_of(image), max(_opened(image, ("PNG",)).size)
    written = ink.getchannel("A")
    amount = sum(value * count for value, count in enumerate(written.histogram())) / 255
    if max(ink.size) - 2 * _MARGIN < _LEAST_EXTENT * sheet or amount < _LEAST_INK * sheet**2:
        raise BlankSignature
    stream = BytesIO()
    ink.save(stream, "PNG")
    return stream.getvalue()


def _ink_of(image: bytes) -> Image.Image:
    """A pad in dark mode sends light strokes on a transparent ground: where there is transparency, it tells the
    strokes."""
    if len(image) > SIGNATURE_BYTES_LIMIT:
        raise SignatureTooLarge
    opened = _opened(image, ("PNG",))
    if max(opened.size) > SIGNATURE_SIDE_LIMIT:
        raise SignatureTooLarge
    picture = _decoded(opened).convert("RGBA")
    alpha = picture.getchannel("A")
    strokes = ImageOps.invert(picture.convert("L")) if alpha.getextrema()[0] == 255 else alpha
    written = strokes.point([0 if value < _FAINT else value for value in range(256)])
    box = written.getbbox()
    if box is None or ImageChops.invert(written).getbbox() is None:
        raise BlankSignature
    written = ImageOps.expand(written.crop(box), border=_MARGIN, fill=0)
    ink = Image.new("RGBA", written.size, (*_INK, 0))
    ink.putalpha(written)
    return ink


def printable_photo(image: bytes) -> str:
    """A photo as a drawing of moderate size, upright, without what the camera wrote about place and person.

    Raises:
        UnusableImage: not a readable JPEG, PNG or WebP, or too large.
    """
    opened = _opened(image, ("JPEG", "PNG", "WEBP"))
    if opened.width * opened.height > PHOTO_PIXELS_LIMIT:
        raise PhotoTooLarge
    picture = ImageOps.exif_transpose(_decoded(opened)).convert("RGBA")
    picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return _drawing(ground, "JPEG")


def _opened(image: bytes, formats: tuple[str, ...]) -> Image.Image:
    """The image's head; its pixels are not decoded yet, so that its size can be refused first."""
    try:
        return Image.open(BytesIO(image), formats=formats)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnusableImage from error


def _decoded(opened: Image.Image) -> Image.Image:
    try:
        opened.load()
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise UnusableImage from error
    return opened


def _drawing(picture: Image.Image, kind: str) -> str:
    """The picture wrapped into SVG: the files that the typesetter takes from memory must be text."""
    stream = BytesIO()
    picture.save(stream, kind, quality=82)
    address = f"data:image/{kind.lower()};base64,{b64encode(stream.getvalue()).decode()}"
    size = f'width="{picture.width}" height="{picture.height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} href="{address}"/></svg>'
