"""How what we say of something differs from what the payment provider says of it. Pure."""

from typing import NamedTuple
from uuid import UUID

from billing.payments.reconciliation.states import FindingKind, Subject


class Side(NamedTuple):
    """What one of the two books says of something: all its movements together. None: nothing to be compared."""

    currency: str
    amount: int
    fee: int | None
    application_fee: int | None
    record_id: UUID | None = None
    """Ours: the payment's, or the payout's."""


class Difference(NamedTuple):
    """One way in which they differ, with the figures."""

    kind: FindingKind
    currency: str
    ours: int | None
    theirs: int | None


def differences(subject: Subject, ours: Side | None, theirs: Side | None) -> list[Difference]:
    """All ways in which the two differ; empty: they agree. Money that went and came back is as good as none."""
    if ours is None:
        moved = 0 if theirs is None else theirs.amount or -(theirs.fee or 0)
        return [Difference(FindingKind.MISSING_HERE, theirs.currency, None, moved)] if theirs and moved else []
    if theirs is None:
        return [Difference(FindingKind.MISSING_THERE, ours.currency, ours.amount, None)] if ours.amount else []
    if (ours.currency, ours.amount) != (theirs.currency, theirs.amount):
        kind = FindingKind.PAYOUT_DIFFERS if subject is Subject.PAYOUT else FindingKind.AMOUNT_DIFFERS
        return [Difference(kind, ours.currency, ours.amount, theirs.amount)]
    found = []
    if ours.fee is not None and ours.fee != theirs.fee:
        found.append(Difference(FindingKind.FEE_DIFFERS, ours.currency, ours.fee, theirs.fee))
    if ours.application_fee is not None and ours.application_fee != theirs.application_fee:
        asked, kept = ours.application_fee, theirs.application_fee
        found.append(Difference(FindingKind.APPLICATION_FEE_DIFFERS, ours.currency, asked, kept))
    return found
