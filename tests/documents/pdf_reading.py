"""Reads finished PDFs as a person or a scanner would."""

from io import BytesIO

import pypdfium2
import zxingcpp
from PIL import Image
from pypdf import PdfReader


def text_of(pdf: bytes) -> str:
    """All words of all pages, without line ends and the invisible places where a line may break."""
    pages = (page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return "".join(pages).replace("\n", "").replace("\u200b", "")


def page_count(pdf: bytes) -> int:
    """How many pages the document has."""
    return len(PdfReader(BytesIO(pdf)).pages)


def picture_of(pdf: bytes, page: int = 0, *, dots_per_inch: int = 150) -> Image.Image:
    """A page as it comes out of a printer, in grey."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page_picture: Image.Image = document[page].render(scale=dots_per_inch / 72).to_pil()
        return page_picture.convert("L")
    finally:
        document.close()


def scanned(picture: Image.Image) -> list[str]:
    """What a scanner reads from the QR codes on a picture."""
    return [
        code.text for code in zxingcpp.read_barcodes(picture, zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    ]


def is_blank(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> bool:
    """Whether nothing is printed in the rectangle, given in millimetres of a picture at 150 dots per inch."""
    dots = 150 / 25.4
    part = picture.crop((round(left * dots), round(top * dots), round(right * dots), round(bottom * dots)))
    return sum(part.histogram()[:250]) == 0
