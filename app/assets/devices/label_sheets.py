"""Labels for devices: a QR code to report a fault with, the hot-line, the device's number and its client. [D3]"""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from app.platform.documents import typeset
from app.platform.kernel.texts import Translator

_TEMPLATE: Final = Path(__file__).parent / "print" / "labels.typ"


class DeviceLabel(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on one label."""

    url: str
    """The address that the QR code holds, with the label's token."""
    device_number: str
    client_name: str
    hot_line: str


class LabelLayout(msgspec.Struct, frozen=True, kw_only=True):
    """Where labels lie on their paper. All lengths in millimetres, from the paper's left upper corner."""

    page_width: float
    page_height: float
    columns: int
    rows: int
    label_width: float
    label_height: float
    left: float = 0.0
    top: float = 0.0
    column_pitch: float = 0.0
    """From one label's left edge to the next one's."""
    row_pitch: float = 0.0

    @property
    def per_page(self) -> int:
        """How many labels one sheet holds."""
        return self.columns * self.rows


A4_3_BY_8 = LabelLayout(
    page_width=210,
    page_height=297,
    columns=3,
    rows=8,
    label_width=63.5,
    label_height=33.9,
    left=7.2,
    top=12.9,
    column_pitch=66.04,
    row_pitch=33.9,
)
A4_2_BY_5 = LabelLayout(
    page_width=210,
    page_height=297,
    columns=2,
    rows=5,
    label_width=99.1,
    label_height=57,
    left=4.65,
    top=6,
    column_pitch=101.6,
    row_pitch=57,
)
ROLL_40_BY_30 = LabelLayout(page_width=40, page_height=30, columns=1, rows=1, label_width=40, label_height=30)

LABEL_LAYOUTS = MappingProxyType({"a4_3x8": A4_3_BY_8, "a4_2x5": A4_2_BY_5, "roll_40x30": ROLL_40_BY_30})
"""The layouts by the names that forms and the API use."""


def device_labels_pdf(
    labels: Sequence[DeviceLabel],
    layout: LabelLayout,
    *,
    translate: Translator,
    made_at: datetime,
    first_position: int = 0,
) -> bytes:
    """The labels in their order, a sheet after the other.

    Args:
        labels: at least one.
        layout: one of `LABEL_LAYOUTS`.
        translate: into the language of the client's staff.
        made_at: aware time for the file's metadata.
        first_position: labels to leave free on the first sheet, for a sheet that has been used before.

    Raises:
        ValueError: no labels, or a first position that the sheet does not have.
    """
    if not labels:
        raise ValueError("no labels to print")
    if not 0 <= first_position < layout.per_page:
        raise ValueError(f"the sheet has positions 0 to {layout.per_page - 1}")
    _ = translate
    content = {
        "layout": layout,
        "first_position": first_position,
        "title": _("设备标签"),
        "scan": _("扫码报修"),
        "hot_line": _("服务热线"),
        "labels": [
            {
                "qr": qr_drawing(label.url),
                "device_number": label.device_number,
                "client_name": label.client_name,
                "hot_line": label.hot_line,
            }
            for label in labels
        ],
    }
    return typeset(_TEMPLATE, content, made_at=made_at, tagged=False)


def qr_drawing(text: str) -> str:
    """A QR code as SVG without its quiet zone; a seventh of it may be scratched away (level M).

    The mask is given: trying all eight takes most of the time, and for random tokens none is better than another.
    """
    drawing = BytesIO()
    import segno

    segno.make_qr(text, error="m", mask=0).save(drawing, kind="svg", border=0, xmldecl=False, omitsize=True)
    return drawing.getvalue().decode()
