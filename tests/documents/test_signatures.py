"""What is accepted as a signature: a name, a cross, initials; not a mere tap on the sheet."""

from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from app.platform.documents import BlankSignature
from app.platform.documents.images import clean_signature

SHEETS = [(350, 160), (600, 200), (1_050, 480), (1_600, 600)]
"""Pads of screens of one, two and three dots to a CSS pixel, and a tablet."""


def sheet(size: tuple[int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw, float]:
    """A pad, its pen, and how many dots a CSS pixel has there."""
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    return picture, ImageDraw.Draw(picture), size[0] / 350


def png(picture: Image.Image) -> bytes:
    stream = BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize("size", SHEETS)
@pytest.mark.parametrize("taps", [0, 1, 3])
def test_taps_are_no_signature(size: tuple[int, int], taps: int) -> None:
    picture, pen, dots = sheet(size)
    picture.putpixel((size[0] // 3, size[1] // 2), (0, 0, 0, 255))
    for tap in range(taps):
        x, y, radius = (60 + 50 * tap) * dots, 50 * dots, 1.75 * dots
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(26, 32, 48, 255))
    with pytest.raises(BlankSignature):
        clean_signature(png(picture))


@pytest.mark.parametrize("size", SHEETS)
@pytest.mark.parametrize(
    "strokes",
    [
        [(80, 30, 110, 60), (110, 30, 80, 60)],
        [(60, 60, 110, 60)],
        [(60, 40, 72, 75), (72, 75, 90, 40), (90, 40, 104, 75)],
    ],
    ids=["a cross", "one stroke, as in 一", "an initial"],
)
def test_little_is_enough(size: tuple[int, int], strokes: list[tuple[int, ...]]) -> None:
    picture, pen, dots = sheet(size)
    for stroke in strokes:
        pen.line([place * dots for place in stroke], fill=(26, 32, 48, 255), width=round(1.6 * dots))
    once = clean_signature(png(picture))
    assert clean_signature(once), "what was kept stays a signature"
