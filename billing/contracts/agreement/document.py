"""The contract on paper: the same layout for what is offered and for what was agreed. [B2]"""

from pathlib import Path
from typing import Any, Final

from app.platform.documents import DocumentKind, Layout, Print
from app.platform.kernel.counters import Period
from app.platform.kernel.texts import N_, Translator
from billing.contracts.agreement.content import AcceptedHow, ContractContent
from billing.contracts.agreement.models import AgreedContract, OfferedContract
from billing.contracts.agreement.words import (
    hours_in_words,
    lines_in_words,
    promises_in_words,
    terms_in_words,
)

HOW_NAMES: Final = {
    AcceptedHow.PORTAL: N_("在客户门户确认"),
    AcceptedHow.LINK: N_("经邮件链接确认"),
    AcceptedHow.PAPER: N_("书面签署"),
    AcceptedHow.RENEWAL: N_("按约定自动续期"),
}


def _page(content: ContractContent, printing: Print) -> dict[str, Any]:
    _ = printing.translate
    return {
        "texts": _texts(content, _),
        "number": content.number,
        "title": content.title,
        "partner": content.partner_name,
        "hot_line": content.hot_line,
        "client": content.client_name,
        "terms": terms_in_words(content, _),
        "lines": [
            {"name": line.name, "kind": line.kind, "prices": line.prices, "covers": line.covers}
            for line in lines_in_words(content, _)
        ],
        "promises": promises_in_words(content, _),
        "hours": hours_in_words(content, _),
        "annex": [{"name": line.name, "devices": line.devices} for line in lines_in_words(content, _) if line.devices],
        "acceptance": _acceptance(content, _),
        "content_hash": printing.content_hash,
    }


def _texts(content: ContractContent, _: Translator) -> dict[str, str]:
    return {
        "title": _("技术服务合同") if content.version_number == 1 else _("技术服务合同变更"),
        "number": _("合同编号"),
        "version": _("第 %(version)s 版", version=content.version_number),
        "client": _("甲方"),
        "partner": _("乙方"),
        "hot_line": _("服务热线"),
        "preamble": _("双方就乙方为甲方提供技术服务商定如下。"),
        "services": _("一、服务内容和价格"),
        "terms": _("二、期限、结算和付款"),
        "promises": _("三、服务承诺"),
        "promise": _("承诺"),
        "priority": _("优先级"),
        "hours": _("服务时间"),
        "holidays": _("法定节假日按双方约定的服务日历。"),
        "general": _("四、其他"),
        "change": _("合同的变更由双方确认后另立版本，写明生效日期；没有写到的条款继续有效。"),
        "annex": _("附件：设备清单"),
        "signing": _("双方确认"),
        "seal": _("（盖章）"),
        "person": _("授权代表"),
        "date": _("日期"),
        "content_hash": _("内容校验（SHA-256）"),
        "zone": _("日期和时间均为 %(zone)s 时区", zone=content.agreed_terms.time_zone),
        "page_of": _("第 %(page)s 页，共 %(pages)s 页"),
        "replaces": _("本版生效后替代第 %(version)s 版", version=content.version_number - 1)
        if content.version_number > 1
        else "",
    }


def _acceptance(content: ContractContent, _: Translator) -> dict[str, str] | None:
    given = content.acceptance
    if given is None:
        return None
    moment = given.accepted_at.astimezone(content.agreed_terms.zone)
    return {
        "name": given.accepted_by,
        "moment": f"{moment:%Y-%m-%d %H:%M}",
        "how": _(HOW_NAMES[given.how]),
        "hash": _("确认的内容校验：%(hash)s", hash=given.offer_hash) if given.offer_hash else "",
    }


LAYOUT: Final = Layout(template=Path(__file__).parent / "print" / "contract.typ", page=_page)

OFFERED_CONTRACT: Final = DocumentKind(
    name="offered_contract",
    rows=OfferedContract,
    about=OfferedContract.contract_id,
    content=ContractContent,
    layout=LAYOUT,
    prefix="HT",
    period=Period.YEAR,
    follows_records=False,
)
AGREED_CONTRACT: Final = DocumentKind(
    name="agreed_contract",
    rows=AgreedContract,
    about=AgreedContract.contract_id,
    content=ContractContent,
    layout=LAYOUT,
    prefix="HT",
    period=Period.YEAR,
    follows_records=False,
)
