"""The certificate of a policy, as PDF."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from app.assets.devices import CATEGORY_NAMES
from app.platform.documents import DocumentKind, Layout, Print
from app.platform.kernel.counters import Period
from app.platform.kernel.texts import Translator
from billing.insurance.models import InsuranceCertificate
from billing.insurance.premiums import CoverTerms
from billing.insurance.states import PERIL_NAMES
from billing.money import minor_text
from billing.periods import CYCLE_NAMES, Cycle


class CertifiedDevice(msgspec.Struct, frozen=True):
    """A device on the certificate; amounts are minor units, `end_on` is the first day that is not insured."""

    number: str
    words: str
    category: str
    insured_value: int
    premium: int
    start_on: date
    end_on: date | None = None


class CertificateContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that the certificate says."""

    number: str
    partner_name: str
    client_name: str
    name: str
    cycle: str
    currency: str
    start_on: date
    terms: CoverTerms
    devices: tuple[CertifiedDevice, ...]
    last_day: date | None = None
    hot_line: str = ""


def _days(device: CertifiedDevice, _: Translator) -> str:
    if device.end_on is None:
        return _("%(day)s 起", day=device.start_on)
    return _("%(day)s 起，%(end)s 前", day=device.start_on, end=device.end_on)


def _limit(amount: int, currency: str, _: Translator) -> str:
    return minor_text(amount, currency) if amount else _("以保额为限")


def _facts(content: CertificateContent, _: Translator) -> Iterable[tuple[str, str]]:
    terms, currency = content.terms, content.currency
    return (
        (_("投保人"), content.client_name),
        (_("保险产品"), content.name),
        (_("起保日期"), str(content.start_on)),
        (_("最后一天"), str(content.last_day) if content.last_day else _("每期自动续保，直到终止")),
        (_("缴费"), _(CYCLE_NAMES[Cycle(content.cycle)])),
        (_("承保风险"), _("、").join(_(PERIL_NAMES[each]) for each in terms.perils)),
        (_("等待期"), _("%(days)s 天", days=terms.waiting_days)),
        (_("免赔额"), minor_text(terms.deductible, currency)),
        (_("每次赔付上限"), _limit(terms.claim_limit, currency, _)),
        (_("每年赔付上限"), _limit(terms.year_limit, currency, _)),
        (_("报案热线"), content.hot_line),
    )


def _page(content: CertificateContent, printing: Print) -> dict[str, object]:
    _ = printing.translate
    return {
        "texts": {
            "title": _("保险凭证"),
            "number": _("编号"),
            "content_hash": _("内容校验（SHA-256）"),
            "page_of": _("第 %(page)s 页，共 %(pages)s 页"),
            "devices": _("承保设备"),
            "words": _("说明"),
        },
        "partner": content.partner_name,
        "number": content.number,
        "content_hash": printing.content_hash,
        "facts": [[name, value] for name, value in _facts(content, _) if value],
        "heads": [_("设备编号"), _("类别"), _("设备"), _("保额"), _("每期保费"), _("承保日期")],
        "devices": [
            [
                device.number,
                _(CATEGORY_NAMES.get(device.category, device.category)),
                device.words,
                minor_text(device.insured_value, content.currency),
                minor_text(device.premium, content.currency),
                _days(device, _),
            ]
            for device in content.devices
        ],
        "words": _("设备换网点、部门或使用人，保险跟着设备走；设备停用或遗失后，保险在次日终止，多缴的保费按天退还。"),
    }


INSURANCE_CERTIFICATE: Final = DocumentKind(
    name="policy_certificate",
    rows=InsuranceCertificate,
    about=InsuranceCertificate.policy_id,
    content=CertificateContent,
    layout=Layout(template=Path(__file__).parent / "print" / "certificate.typ", page=_page),
    prefix="BX",
    period=Period.YEAR,
    digits=6,
    follows_records=False,
)
