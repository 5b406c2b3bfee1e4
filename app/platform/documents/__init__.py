"""Documents for print: device labels, PIN slips and service reports as PDF.

Pure: structs in, bytes out. Nothing here reads a database, a clock or the network.
"""

from app.platform.documents.errors import BlankSignature, CharactersMissing, ContentMismatch, UnusableImage
from app.platform.documents.glyphs import missing_characters
from app.platform.documents.images import SIGNATURE_BYTES_LIMIT, clean_signature
from app.platform.documents.labels import (
    A4_2_BY_5,
    A4_3_BY_8,
    LABEL_LAYOUTS,
    ROLL_40_BY_30,
    DeviceLabel,
    LabelLayout,
    device_labels_pdf,
)
from app.platform.documents.pin_slips import PinSlip, pin_slips_pdf
from app.platform.documents.service_report import (
    ClientSignature,
    PromisedTarget,
    ReportedDevice,
    ReportPhoto,
    Reprint,
    ServiceReport,
    TargetState,
    content_hash,
    service_report_pdf,
)
from app.platform.documents.typesetting import typeset

__all__ = [
    "A4_2_BY_5",
    "A4_3_BY_8",
    "LABEL_LAYOUTS",
    "ROLL_40_BY_30",
    "SIGNATURE_BYTES_LIMIT",
    "BlankSignature",
    "CharactersMissing",
    "ClientSignature",
    "ContentMismatch",
    "DeviceLabel",
    "LabelLayout",
    "PinSlip",
    "PromisedTarget",
    "ReportPhoto",
    "ReportedDevice",
    "Reprint",
    "ServiceReport",
    "TargetState",
    "UnusableImage",
    "clean_signature",
    "content_hash",
    "device_labels_pdf",
    "missing_characters",
    "pin_slips_pdf",
    "service_report_pdf",
    "typeset",
]
