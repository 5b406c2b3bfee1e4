"""What a contract begins with: one set of lines for each kind of agreement that partners sell."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from app.platform.kernel.texts import N_
from billing.money import PriceMode
from billing.periods import Cycle, Period, months_after
from billing.pricebook import TaxItemView, tax_item_of
from billing.terms import (
    BilledWhen,
    DeviceTier,
    HourlyRate,
    Milestone,
    PerDevice,
    PerIncident,
    PrepaidBlock,
    PrepaidUnit,
    Retainer,
    StationedStaff,
    TermLine,
    Terms,
    TimePrices,
)

TAX: Final = "vat_6"
_NOTHING: Final = Decimal(0)
_YEAR: Final = 12


class ContractTemplate(StrEnum):
    """The kinds of agreement."""

    RETAINER = "retainer"
    PER_DEVICE = "per_device"
    PER_INCIDENT = "per_incident"
    PREPAID_HOURS = "prepaid_hours"
    PREPAID_VISITS = "prepaid_visits"
    STATIONED = "stationed"
    PROJECT = "project"
    MIXED = "mixed"


class TemplateWords(NamedTuple):
    """What a template is called, and for whom it is."""

    name: str
    line: str


TEMPLATE_WORDS: Final[Mapping[ContractTemplate, TemplateWords]] = {
    ContractTemplate.RETAINER: TemplateWords(N_("包月包年"), N_("固定费用，范围内的服务不再收费")),
    ContractTemplate.PER_DEVICE: TemplateWords(N_("按设备"), N_("按在用设备数量和阶梯价计费")),
    ContractTemplate.PER_INCIDENT: TemplateWords(N_("按次"), N_("每解决一张服务单收一次费")),
    ContractTemplate.PREPAID_HOURS: TemplateWords(N_("预付工时"), N_("先买工时，用多少扣多少")),
    ContractTemplate.PREPAID_VISITS: TemplateWords(N_("预付次数"), N_("先买上门次数，用一次扣一次")),
    ContractTemplate.STATIONED: TemplateWords(N_("驻场"), N_("工程师在客户处上班，按人头计费")),
    ContractTemplate.PROJECT: TemplateWords(N_("项目"), N_("按里程碑验收和收费")),
    ContractTemplate.MIXED: TemplateWords(N_("组合"), N_("包月之外，超出范围的按工时计费")),
}


class LineKind(StrEnum):
    """The kinds of lines that may be added to a contract; each is also the line's tag in its terms."""

    RETAINER = "retainer"
    PER_DEVICE = "per_device"
    PER_INCIDENT = "per_incident"
    HOURLY = "hourly"
    PREPAID = "prepaid"
    STATIONED = "stationed"
    MILESTONE = "milestone"


LINE_KIND_NAMES: Final = {
    LineKind.RETAINER: N_("固定费用"),
    LineKind.PER_DEVICE: N_("按设备计费"),
    LineKind.PER_INCIDENT: N_("按次计费"),
    LineKind.HOURLY: N_("按工时计费"),
    LineKind.PREPAID: N_("预付工时或次数"),
    LineKind.STATIONED: N_("驻场人员"),
    LineKind.MILESTONE: N_("项目里程碑"),
}

_MADE: Final[Mapping[LineKind, Callable[[str, str], TermLine]]] = {
    LineKind.RETAINER: lambda key, name: Retainer(key=key, name=name, tax=TAX, amount=_NOTHING),
    LineKind.PER_DEVICE: lambda key, name: PerDevice(
        key=key, name=name, tax=TAX, tiers=(DeviceTier(first=1, last=None, price=_NOTHING),)
    ),
    LineKind.PER_INCIDENT: lambda key, name: PerIncident(key=key, name=name, tax=TAX, price=_NOTHING),
    LineKind.HOURLY: lambda key, name: HourlyRate(
        key=key, name=name, tax=TAX, prices=TimePrices(hour=_NOTHING, step_minutes=30)
    ),
    LineKind.PREPAID: lambda key, name: PrepaidBlock(
        key=key, name=name, tax=TAX, unit=PrepaidUnit.MINUTE, quantity=1_200, price=_NOTHING, months_valid=_YEAR
    ),
    LineKind.STATIONED: lambda key, name: StationedStaff(key=key, name=name, tax=TAX, heads=1, price=_NOTHING),
    LineKind.MILESTONE: lambda key, name: Milestone(key=key, name=name, tax=TAX, amount=_NOTHING),
}


_CHARGED_AS: Final[Mapping[LineKind, str]] = {
    LineKind.RETAINER: "service_fee",
    LineKind.PER_DEVICE: "service_fee",
    LineKind.STATIONED: "service_fee",
    LineKind.PER_INCIDENT: "incident",
    LineKind.HOURLY: "work",
    LineKind.PREPAID: "prepaid",
    LineKind.MILESTONE: "milestone",
}
"""As which kind of charge a line is taxed."""


def taxed_by_default(line: TermLine, items: Sequence[TaxItemView], day: date) -> TermLine:
    """A new line with the tax rate that its kind of charge has where nobody says otherwise."""
    kind = LineKind(str(type(line).__struct_config__.tag))
    return msgspec.structs.replace(line, tax=tax_item_of(items, _CHARGED_AS[kind], day).tax)


def new_line(kind: LineKind, key: str, name: str) -> TermLine:
    """A line of this kind, without prices."""
    return _MADE[kind](key, name)


def _lines_of(template: ContractTemplate) -> tuple[TermLine, ...]:
    match template:
        case ContractTemplate.RETAINER:
            return (new_line(LineKind.RETAINER, "care", "桌面运维服务"),)
        case ContractTemplate.PER_DEVICE:
            return (new_line(LineKind.PER_DEVICE, "devices", "设备维护服务"),)
        case ContractTemplate.PER_INCIDENT:
            return (new_line(LineKind.PER_INCIDENT, "incidents", "故障处理"),)
        case ContractTemplate.PREPAID_HOURS:
            return (new_line(LineKind.PREPAID, "hours", "预付工时"),)
        case ContractTemplate.PREPAID_VISITS:
            return (
                PrepaidBlock(
                    key="visits",
                    name="预付上门次数",
                    tax=TAX,
                    unit=PrepaidUnit.VISIT,
                    quantity=10,
                    price=_NOTHING,
                    months_valid=_YEAR,
                ),
            )
        case ContractTemplate.STATIONED:
            return (new_line(LineKind.STATIONED, "staff", "驻场工程师"),)
        case ContractTemplate.PROJECT:
            return (
                new_line(LineKind.MILESTONE, "start", "开工"),
                new_line(LineKind.MILESTONE, "delivery", "交付"),
                new_line(LineKind.MILESTONE, "acceptance", "验收"),
            )
        case ContractTemplate.MIXED:
            return (
                new_line(LineKind.RETAINER, "care", "桌面运维服务"),
                new_line(LineKind.HOURLY, "hours", "范围外的服务"),
            )


def starting_terms(template: ContractTemplate, first_day: date, time_zone: str, currency: str) -> Terms:
    """The terms that a draft begins with: a year from `first_day`, monthly."""
    return Terms(
        currency=currency,
        time_zone=time_zone,
        term=Period(first_day, months_after(first_day, _YEAR)),
        anchor=first_day,
        cycle=Cycle.MONTH,
        billed=BilledWhen.IN_ARREARS if template is ContractTemplate.PER_INCIDENT else BilledWhen.IN_ADVANCE,
        price_mode=PriceMode.TAX_INCLUDED,
        payment_days=30,
        lines=_lines_of(template),
    )
