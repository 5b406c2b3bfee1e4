"""What a recovery costs: a fee that depends on the result, by a rule that the client approved with the quote. Pure."""

from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

import msgspec

from app.platform.kernel.texts import N_
from billing.money import Money, round_half_away


class FileOutcome(StrEnum):
    """What became of one file that the client misses."""

    RECOVERED = "recovered"
    PARTIAL = "partial"
    """Opens, but not whole: counts half."""
    LOST = "lost"


class FeeBasis(StrEnum):
    """How the fee follows the result."""

    FLAT = "flat"
    """The whole fee as soon as anything was recovered."""
    SHARE = "share"
    """The part of the fee that was recovered of the files."""


class LeastFee(StrEnum):
    """What is due where nothing came of it."""

    NOTHING = "nothing"
    DIAGNOSIS = "diagnosis"
    """The fee of the diagnosis."""


class FeeReason(StrEnum):
    """Why the fee is what it is."""

    RECOVERED = "recovered"
    SHARE_RECOVERED = "share_recovered"
    NOTHING_RECOVERED = "nothing_recovered"
    STOPPED = "stopped"
    NOT_APPROVED = "not_approved"


WEIGHTS: Final = {
    FileOutcome.RECOVERED: Fraction(1),
    FileOutcome.PARTIAL: Fraction(1, 2),
    FileOutcome.LOST: Fraction(0),
}
OUTCOME_NAMES: Final = {
    FileOutcome.RECOVERED: N_("已恢复"),
    FileOutcome.PARTIAL: N_("部分恢复"),
    FileOutcome.LOST: N_("没有恢复"),
}
OUTCOME_TONES: Final = {FileOutcome.RECOVERED: "good", FileOutcome.PARTIAL: "waiting", FileOutcome.LOST: "bad"}
BASIS_NAMES: Final = {FeeBasis.FLAT: N_("恢复出数据就收全额"), FeeBasis.SHARE: N_("按恢复的比例收")}
LEAST_NAMES: Final = {LeastFee.NOTHING: N_("不收费"), LeastFee.DIAGNOSIS: N_("只收检测费")}
REASON_NAMES: Final = {
    FeeReason.RECOVERED: N_("数据已恢复"),
    FeeReason.SHARE_RECOVERED: N_("按恢复的比例"),
    FeeReason.NOTHING_RECOVERED: N_("没有恢复出数据"),
    FeeReason.STOPPED: N_("客户中途取回"),
    FeeReason.NOT_APPROVED: N_("没有同意过报价"),
}


class FeeTerms(msgspec.Struct, frozen=True, kw_only=True):
    """The rule beside the price. `diagnosis_fee` is in minor units, with tax or without as the quote's line."""

    basis: FeeBasis
    diagnosis_fee: int
    without_result: LeastFee
    """Where the work is done and nothing was recovered."""
    when_stopped: LeastFee
    """Where the client wants the media back after it agreed, before there is a result."""


class Tally(msgspec.Struct, frozen=True):
    """How many of the files that are missed came back."""

    recovered: int = 0
    partial: int = 0
    lost: int = 0

    @property
    def total(self) -> int:
        return self.recovered + self.partial + self.lost

    @property
    def share(self) -> Fraction:
        """0 to 1; a file that came back in part counts half."""
        weighed = self.recovered * WEIGHTS[FileOutcome.RECOVERED] + self.partial * WEIGHTS[FileOutcome.PARTIAL]
        return weighed / self.total if self.total else Fraction(0)


class Fee(NamedTuple):
    """An amount of the currency and price mode of the quote's line, and why."""

    amount: Money
    reason: FeeReason


def tally_of(outcomes: Iterable[FileOutcome]) -> Tally:
    """The outcomes, counted."""
    counted = dict.fromkeys(FileOutcome, 0)
    for outcome in outcomes:
        counted[outcome] += 1
    return Tally(*(counted[each] for each in FileOutcome))


def fee_of_result(terms: FeeTerms, full: Money, tally: Tally) -> Fee:
    """What is due for a result that the client accepted. More recovered never costs less, nothing costs more than the
    whole fee."""
    least = _least(terms, full, terms.without_result)
    share = tally.share
    if not share:
        return Fee(least, FeeReason.NOTHING_RECOVERED)
    if terms.basis is FeeBasis.FLAT or share == 1:
        return Fee(full, FeeReason.RECOVERED)
    part = round_half_away(full.minor * share)
    return Fee(Money(max(part, least.minor), full.currency), FeeReason.SHARE_RECOVERED)


def fee_when_stopped(terms: FeeTerms, full: Money) -> Fee:
    """What is due where the client agreed to a quote and wants its media back before there is a result."""
    return Fee(_least(terms, full, terms.when_stopped), FeeReason.STOPPED)


def _least(terms: FeeTerms, full: Money, rule: LeastFee) -> Money:
    minor = terms.diagnosis_fee if rule is LeastFee.DIAGNOSIS else 0
    return Money(min(minor, full.minor), full.currency)
