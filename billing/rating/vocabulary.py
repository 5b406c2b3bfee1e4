"""The words of charges: what they are for, what marks them, why work was not charged."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.platform.kernel.texts import N_
from billing.terms import ChargeUnit


class ChargeCategory(StrEnum):
    """What a charge is for; by it the ledger keeps revenue apart."""

    SERVICE_FEE = "service_fee"
    """A contract's period."""
    WORK = "work"
    OVERTIME = "overtime"
    TRAVEL = "travel"
    INCIDENT = "incident"
    PREPAID = "prepaid"
    """A block of hours or visits, and what goes beyond it."""
    MILESTONE = "milestone"
    QUOTED = "quoted"
    """What a client approved in a quote."""
    ADDON = "addon"
    PART = "part"
    CREDIT = "credit"
    """Given back for a promise that was missed; in the ledger it is no revenue."""


CATEGORY_NAMES: Final[Mapping[ChargeCategory, str]] = {
    ChargeCategory.SERVICE_FEE: N_("服务费"),
    ChargeCategory.WORK: N_("工时费"),
    ChargeCategory.OVERTIME: N_("加班费"),
    ChargeCategory.TRAVEL: N_("上门费"),
    ChargeCategory.INCIDENT: N_("按次服务"),
    ChargeCategory.PREPAID: N_("预付"),
    ChargeCategory.MILESTONE: N_("里程碑"),
    ChargeCategory.QUOTED: N_("报价单项目"),
    ChargeCategory.ADDON: N_("附加服务"),
    ChargeCategory.PART: N_("备件"),
    ChargeCategory.CREDIT: N_("服务赔付"),
}

UNIT_NAMES: Final[Mapping[str, str]] = {
    ChargeUnit.HOUR: N_("小时"),
    ChargeUnit.TRIP: N_("趟"),
    ChargeUnit.VISIT: N_("次"),
    ChargeUnit.INCIDENT: N_("单"),
    ChargeUnit.PERIOD: N_("期"),
    ChargeUnit.BLOCK: N_("份"),
    ChargeUnit.MILESTONE: N_("项"),
}
"""Units of terms are codes; those of price books and quotes are words as they stand."""


class MarkKind(StrEnum):
    """What somebody said of a charge."""

    GOODWILL = "goodwill"
    """Not asked for: it is shown on the invoice with nothing to pay."""
    DISPUTED = "disputed"
    """Kept off invoices until it is settled."""


MARK_NAMES: Final[Mapping[MarkKind, str]] = {MarkKind.GOODWILL: N_("免收"), MarkKind.DISPUTED: N_("有争议")}


class SourceKind(StrEnum):
    """From what a charge follows. Areas above may bring further ones (`RatedSource`)."""

    VISIT = "visit"
    TICKET = "ticket"
    """The price of an incident."""
    QUOTE_LINE = "quote_line"
    CONTRACT = "contract"
    """Its billing periods."""
    PREPAID_BLOCK = "prepaid_block"
    MILESTONE = "milestone"
    ADDON_DUE = "addon_due"
    REVERSAL = "reversal"
    """A charge that is taken back; the source is that charge."""
