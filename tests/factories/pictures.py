"""Generated pictures: photos of a phone's camera and signatures drawn on its screen."""

import io

from PIL import Image, ImageDraw


def photo() -> bytes:
    """A JPEG as a phone would take it: a dark screen."""
    picture = Image.new("RGB", (1280, 960), "#202830")
    ImageDraw.Draw(picture).rectangle((200, 150, 1080, 700), fill="black", outline="#888888", width=12)
    return _written(picture, "JPEG")


def signature_png() -> bytes:
    """A signature as a PNG with a transparent ground."""
    picture = Image.new("RGBA", (600, 200), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line([(40, 120), (160, 60), (240, 150), (380, 50), (540, 130)], fill="black", width=6)
    return _written(picture, "PNG")


def _written(picture: Image.Image, image_format: str) -> bytes:
    written = io.BytesIO()
    picture.save(written, image_format)
    return written.getvalue()
