"""Sealed slips that hand a PIN to the person who holds a device. [I4]

A slip is a strip of three panels printed on one side. The right panel folds inwards over the middle one: it covers the
PIN, and its hatching hides it against the light. The left panel folds backwards and is the outside.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from app.assets.devices.label_sheets import qr_drawing
from app.platform.documents import typeset
from app.platform.kernel.texts import Translator

_TEMPLATE: Final = Path(__file__).parent / "print" / "pin_slips.typ"


class PinSlip(msgspec.Struct, frozen=True, kw_only=True):
    """One PIN for one device. Empty texts are left out."""

    portal_address: str
    """Where the holder reports a fault; printed in words and as a QR code."""
    device_number: str
    pin: str
    """The PIN in clear: it exists only while the slips are printed."""
    client_name: str
    hot_line: str
    holder: str = ""
    """Empty where many share the device."""
    department: str = ""
    site: str = ""


def pin_slips_pdf(slips: Sequence[PinSlip], *, translate: Translator, made_at: datetime) -> bytes:
    """A4 pages of four slips each, with lines to cut and fold along. `made_at` is aware.

    Raises:
        ValueError: no slips.
    """
    if not slips:
        raise ValueError("no slips to print")
    _ = translate
    content = {
        "texts": {
            "title": _("报修密码"),
            "sealed": _("内含报修密码，仅限本人拆阅"),
            "holder": _("使用人"),
            "shared": _("共用设备"),
            "department": _("部门"),
            "site": _("场地"),
            "device_number": _("设备编号"),
            "address": _("报修网址"),
            "pin": _("报修密码"),
            "first_instruction": _("打开上面的网址或扫描二维码，输入设备编号和密码，说明故障即可。"),
            "second_instruction": _("密码请勿告诉他人；遗失或设备换人时，请拨打服务热线更换。"),
            "hot_line": _("服务热线"),
            "fold_inwards": _("① 沿此线向内折"),
            "fold_backwards": _("② 沿此线向后折"),
            "seal": _("③ 此边封口"),
        },
        "slips": [{**msgspec.to_builtins(slip), "qr": qr_drawing(slip.portal_address)} for slip in slips],
    }
    return typeset(_TEMPLATE, content, made_at=made_at, tagged=False)
