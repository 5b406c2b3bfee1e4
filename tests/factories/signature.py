"""A signature image as the signature pad sends it."""

from io import BytesIO

from PIL import Image, ImageDraw


def strokes() -> bytes:
    """A PNG with dark strokes on a transparent ground."""
    pad = Image.new("RGBA", (600, 200), (0, 0, 0, 0))
    ImageDraw.Draw(pad).line([(60, 120), (110, 60), (190, 150), (420, 70)], fill=(26, 32, 48, 255), width=6)
    stream = BytesIO()
    pad.save(stream, "PNG")
    return stream.getvalue()
