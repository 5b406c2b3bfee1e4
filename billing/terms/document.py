"""The terms of one version of a contract."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from app.platform.kernel.input_text import Code
from app.platform.kernel.texts import N_
from billing.money import Money, PriceMode
from billing.periods import Cycle, Period
from billing.terms.amounts import WithAmounts
from billing.terms.lines import TermLine


class BilledWhen(StrEnum):
    """Whether a period is billed when it begins or when it is over."""

    IN_ADVANCE = "in_advance"
    IN_ARREARS = "in_arrears"


BILLED_NAMES: Final = {BilledWhen.IN_ADVANCE: N_("期初计费"), BilledWhen.IN_ARREARS: N_("期末计费")}


class OutsideWork(StrEnum):
    """What happens to work that no line covers."""

    QUOTED = "quoted"
    """Offered at the price book's prices, done after approval."""
    REFUSED = "refused"


class PenaltyBasis(StrEnum):
    """By what a missed promise is reckoned."""

    SHARE = "share"
    """A share of the fee of the billing period."""
    SUM = "sum"
    """A fixed sum."""
    HOUR = "hour"
    """A sum for each started hour late, of the service hours that the promise counts."""
    DAY = "day"
    """A sum for each started day late: 24 hours as they pass, without waiting for the client."""


class PenaltyRule(WithAmounts, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one missed promise of a kind gives back."""

    kind: Code
    """Which promise: `response`, `arrival`, `resolution`."""
    basis: PenaltyBasis
    value: Decimal
    """Of a share 0.05 for 5 %; otherwise a sum of the contract's currency."""


class Penalty(WithAmounts, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What the client gets back for promised times that were missed."""

    share: Decimal
    """Of the billing period's fee, for each missed promise that no rule names: 0.05 for 5 %; 0: nothing."""
    most: Decimal
    """Of one billing period at most: a share of its fee."""
    most_amount: Decimal | None = None
    """Of one billing period at most, instead of the share: a sum of the contract's currency."""
    rules: tuple[PenaltyRule, ...] = ()

    def rule_of(self, kind: str) -> PenaltyRule:
        """What a missed promise of this kind gives back; nothing where its value is zero."""
        general = PenaltyRule(kind=kind, basis=PenaltyBasis.SHARE, value=self.share)
        return next((rule for rule in self.rules if rule.kind == kind), general)


class Terms(WithAmounts, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was agreed. Days are days of `time_zone`; prices are in `currency`."""

    currency: Code
    time_zone: Code
    term: Period
    anchor: date
    """The day from which billing periods are reckoned; kept through amendments."""
    cycle: Cycle
    billed: BilledWhen
    price_mode: PriceMode
    payment_days: int
    """Days after its issue in which an invoice is to be paid."""
    lines: tuple[TermLine, ...]
    outside: OutsideWork = OutsideWork.QUOTED
    policy_version_id: UUID | None = None
    """The service levels that were promised."""
    calendar_version_id: UUID | None = None
    """The service hours; what lies outside of them is overtime."""
    notice_days: int = 30
    """So many days before its end it is to be said whether the contract goes on."""
    renewal_months: int = 0
    """The contract goes on for so many months where nobody gave notice in time; 0: it ends."""
    indexation: Decimal | None = None
    """The share by which all prices rise with each renewal: 0.03 for 3 %."""
    penalty: Penalty | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def money(self, value: Decimal) -> Money:
        """`value` of the currency's main unit, rounded to its minor unit."""
        return Money.of(value, self.currency)


def terms_digest(terms: Terms) -> str:
    """SHA-256, hexadecimal, of what was agreed: what a client accepts and a snapshot is checked by. The order in which
    categories or devices are named does not matter."""
    return sha256(msgspec.json.encode(terms, order="deterministic")).hexdigest()
