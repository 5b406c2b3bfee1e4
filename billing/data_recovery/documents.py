"""The papers of a case: the custody receipt, and the certificate that a medium went back or was destroyed."""

from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from app.platform.documents import DocumentKind, Layout, Print, image_file
from app.platform.kernel.counters import Period
from app.platform.kernel.texts import Translator
from billing.data_recovery.models import CustodyReceipt, DisposalCertificate

_PRINT: Final = Path(__file__).parent / "print"


class PrintedMedium(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A medium on paper."""

    kind: str
    serial: str
    capacity: str = ""
    condition: str = ""
    accessories: str = ""


class ReceiptContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that the receipt says. Times are UTC; `time_zone` is the client's."""

    number: str
    partner_name: str
    client_name: str
    giver_name: str
    receiver_name: str
    opened_at: datetime
    time_zone: str
    wanted: str
    media: tuple[PrintedMedium, ...]
    consent_remark: str = ""
    giver_phone: str = ""
    hot_line: str = ""
    photos: tuple[str, ...] = ()
    """SHA-256 of the pictures of the media."""


class CertificateContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a medium: it went back to `receiver_name`, or was destroyed by `method` before `witness_name`."""

    number: str
    case_number: str
    partner_name: str
    client_name: str
    medium: PrintedMedium
    copy: bool
    done_at: datetime
    time_zone: str
    place: str
    done_by: str
    receiver_name: str = ""
    method: str = ""
    witness_name: str = ""
    agreed_by: str = ""
    """Who at the client agreed that it is destroyed."""
    links: int = 0
    """How many times it changed hands."""
    remark: str = ""


def _moment(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def _foot(_: Translator) -> dict[str, str]:
    return {
        "number": _("编号"),
        "content_hash": _("内容校验（SHA-256）"),
        "page_of": _("第 %(page)s 页，共 %(pages)s 页"),
    }


def _signed(printing: Print, zone: str) -> list[str]:
    signature = printing.signature
    return [signature.name, _moment(signature.signed_at, zone)] if signature else ["", ""]


def _medium_row(medium: PrintedMedium) -> list[str]:
    return [medium.kind, medium.serial, medium.capacity, medium.condition, medium.accessories]


def _receipt_page(content: ReceiptContent, printing: Print) -> dict[str, object]:
    _ = printing.translate
    facts = [
        (_("客户"), content.client_name),
        (_("交件人"), " ".join(filter(None, (content.giver_name, content.giver_phone)))),
        (_("接收人"), content.receiver_name),
        (_("时间"), _moment(content.opened_at, content.time_zone)),
        (_("服务热线"), content.hot_line),
    ]
    return {
        "texts": _foot(_)
        | {
            "title": _("介质接收单"),
            "media": _("介质"),
            "words": _("要恢复什么"),
            "consent": _("数据处理"),
            "photos": _("照片"),
            "signature": _("交件人签字"),
        },
        "partner": content.partner_name,
        "number": content.number,
        "content_hash": printing.content_hash,
        "facts": [[name, value] for name, value in facts if value],
        "heads": [_("介质"), _("序列号"), _("容量"), _("外观和状况"), _("附件")],
        "media": [_medium_row(each) for each in content.media],
        "words": content.wanted,
        "consent": "\n".join(
            filter(
                None,
                (
                    _("交件人同意为恢复数据读取、复制和处理介质上的数据。文件名只有案件的经手人看得到。"),
                    content.consent_remark,
                ),
            )
        ),
        "photos": [image_file(each) for each in content.photos],
        "signed": _signed(printing, content.time_zone),
        "signs": True,
    }


def _certificate_page(content: CertificateContent, printing: Print) -> dict[str, object]:
    _ = printing.translate
    returned = bool(content.receiver_name)
    facts = [
        (_("客户"), content.client_name),
        (_("案件"), content.case_number),
        (_("时间"), _moment(content.done_at, content.time_zone)),
        (_("地点"), content.place),
        (_("经办人"), content.done_by),
        (_("收件人"), content.receiver_name),
        (_("销毁方式"), content.method),
        (_("见证人"), content.witness_name),
        (_("同意销毁"), content.agreed_by),
        (_("交接次数"), str(content.links)),
    ]
    if returned:
        words = _("上述介质已归还客户，保管到此结束。")
    elif content.copy:
        words = _("上述工作副本上的客户数据已按所述方式销毁，不能再读出。")
    else:
        words = _("上述介质及其上的数据已按所述方式销毁，不能再读出。")
    return {
        "texts": _foot(_)
        | {
            "title": _("介质归还单") if returned else _("介质销毁证明"),
            "media": _("介质"),
            "words": _("证明"),
            "consent": "",
            "photos": "",
            "signature": _("收件人签字"),
        },
        "partner": content.partner_name,
        "number": content.number,
        "content_hash": printing.content_hash,
        "facts": [[name, value] for name, value in facts if value],
        "heads": [_("介质"), _("序列号"), _("容量"), _("外观和状况"), _("附件")],
        "media": [_medium_row(content.medium)],
        "words": "\n".join(filter(None, (words, content.remark))),
        "consent": "",
        "photos": [],
        "signed": _signed(printing, content.time_zone),
        "signs": returned,
    }


CUSTODY_RECEIPT: Final = DocumentKind(
    name="custody_receipt",
    rows=CustodyReceipt,
    about=CustodyReceipt.case_id,
    content=ReceiptContent,
    layout=Layout(template=_PRINT / "custody.typ", page=_receipt_page, images=lambda content: content.photos),
    prefix="JS",
    period=Period.YEAR,
    digits=4,
)
DISPOSAL_CERTIFICATE: Final = DocumentKind(
    name="disposal_certificate",
    rows=DisposalCertificate,
    about=DisposalCertificate.medium_id,
    content=CertificateContent,
    layout=Layout(template=_PRINT / "custody.typ", page=_certificate_page),
    prefix="JZ",
    period=Period.YEAR,
    digits=4,
    follows_records=False,
)
