"""Coverage in words: for staff with the reason, for the client what it means. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.platform.kernel.texts import N_
from billing.terms import CoverageReason, CoverageState

OVERRIDE: Final = "override"
"""The reason of an answer that a member gave."""
OVERRIDDEN: Final = N_("由员工改判")

STATE_NAMES: Final = {
    CoverageState.COVERED: N_("合同内"),
    CoverageState.NEEDS_QUOTE: N_("要报价"),
    CoverageState.NOT_COVERED: N_("合同外"),
}
STATE_TONES: Final = {
    CoverageState.COVERED: "good",
    CoverageState.NEEDS_QUOTE: "waiting",
    CoverageState.NOT_COVERED: "neutral",
}


class ClientNote(StrEnum):
    """What an answer means for the client."""

    INCLUDED = "included"
    PREPAID = "prepaid"
    AGREED_PRICE = "agreed_price"
    QUOTED = "quoted"
    OUTSIDE = "outside"


NOTE_TEXTS: Final = {
    ClientNote.INCLUDED: N_("在合同范围内，不另收费"),
    ClientNote.PREPAID: N_("从预付的服务里扣，不另收费"),
    ClientNote.AGREED_PRICE: N_("在合同范围内，按约定的价格收费"),
    ClientNote.QUOTED: N_("不在合同范围内：先报价，您同意后再做"),
    ClientNote.OUTSIDE: N_("不在合同范围内"),
}
_NOTES: Final[Mapping[str, ClientNote]] = {
    CoverageReason.INCLUDED: ClientNote.INCLUDED,
    CoverageReason.PREPAID: ClientNote.PREPAID,
    CoverageReason.INCLUDED_OVERTIME: ClientNote.AGREED_PRICE,
    CoverageReason.AGREED_PRICE: ClientNote.AGREED_PRICE,
    CoverageReason.PREPAID_OVERAGE: ClientNote.AGREED_PRICE,
}
_NOTES_OF_STATES: Final = {
    CoverageState.COVERED: ClientNote.INCLUDED,
    CoverageState.NEEDS_QUOTE: ClientNote.QUOTED,
    CoverageState.NOT_COVERED: ClientNote.OUTSIDE,
}


def client_note(state: CoverageState, reason: str) -> ClientNote:
    """What the answer means for the client."""
    return _NOTES.get(reason, _NOTES_OF_STATES[state])
