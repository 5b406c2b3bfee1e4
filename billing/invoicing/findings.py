"""What is unusual about a draft, so that somebody looks at it before it goes. Pure."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.texts import N_


class Finding(StrEnum):
    """One thing to look at."""

    FIRST_INVOICE = "first_invoice"
    MUCH_MORE = "much_more"
    NEGATIVE = "negative"
    NOTHING_DUE = "nothing_due"
    TAX_RATE_UNKNOWN = "tax_rate_unknown"
    """A charge was left out: the rate by which it is taxed did not hold on its day."""
    TAX_NUMBER_MISSING = "tax_number_missing"
    RECIPIENT_MISSING = "recipient_missing"


FINDING_NAMES: Final = {
    Finding.FIRST_INVOICE: N_("第一张账单"),
    Finding.MUCH_MORE: N_("比上一张多一半以上"),
    Finding.NEGATIVE: N_("有负数"),
    Finding.NOTHING_DUE: N_("合计为零"),
    Finding.TAX_RATE_UNKNOWN: N_("有费用的税率当天不存在，没有计入"),
    Finding.TAX_NUMBER_MISSING: N_("没有税号"),
    Finding.RECIPIENT_MISSING: N_("没有收件邮箱"),
}


def findings_of(
    gross: int, *, least: int, previous: int | None, tax_number_needed: bool, tax_number: str, recipient: str
) -> list[Finding]:
    """In the order in which people are told. `least` is the smallest line; amounts are of one currency."""
    found = []
    if gross < 0 or least < 0:
        found.append(Finding.NEGATIVE)
    if tax_number_needed and not tax_number:
        found.append(Finding.TAX_NUMBER_MISSING)
    if previous is not None and previous > 0 and 2 * gross >= 3 * previous:
        found.append(Finding.MUCH_MORE)
    if previous is None:
        found.append(Finding.FIRST_INVOICE)
    if gross == 0:
        found.append(Finding.NOTHING_DUE)
    if not recipient:
        found.append(Finding.RECIPIENT_MISSING)
    return found
