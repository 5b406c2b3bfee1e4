"""Checks of the books from their rows alone. What balances by construction is not checked; what a restore, an operator
with SQL or a fault of ours could break is."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Select, and_, exists, func, select, union_all

from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.ledger.accounts import OF_A_CLIENT
from billing.ledger.models import LedgerAccount, LedgerEntry, LedgerMonthClosing, LedgerPosting
from billing.ledger.permissions import LedgerPermission
from billing.ledger.schemas import LedgerFinding

FINDINGS_SHOWN: Final = 100
"""Of each check; who has more has one fault, not a thousand."""

FINDING_NAMES: Final[Mapping[str, str]] = {
    "entry_without_postings": N_("分录没有借贷"),
    "reversal_differs": N_("冲销与原分录不一致"),
    "posted_after_closing": N_("结账之后又记入该月"),
    "account_without_its_client": N_("科目缺少客户，或多出客户"),
}


async def verify(work: UnitOfWork) -> list[LedgerFinding]:
    """What does not hold in the books of the actor's company; empty: all of them are in order.

    Raises:
        Forbidden: without `ledger:read`.
    """
    work.actor.require(LedgerPermission.LEDGER_READ)
    findings: list[LedgerFinding] = []
    for check, statement in _CHECKS.items():
        found = await work.session.scalars(statement.limit(FINDINGS_SHOWN))
        findings += [LedgerFinding(check, record_id) for record_id in found]
    return findings


def _without_postings() -> Select[Any]:
    return select(LedgerEntry.id).where(~exists().where(LedgerPosting.entry_id == LedgerEntry.id))


def _reversal_differs() -> Select[Any]:
    """Reversals that do not bring every account of the reversed entry back to where it stood."""
    moved = union_all(
        *(
            select(LedgerEntry.id.label("entry_id"), account.label("account_id"), amount.label("amount"))
            .join(LedgerPosting, LedgerPosting.entry_id.in_([LedgerEntry.id, LedgerEntry.reverses_id]))
            .where(LedgerEntry.reverses_id.is_not(None))
            for account, amount in (
                (LedgerPosting.debit_account_id, LedgerPosting.amount),
                (LedgerPosting.credit_account_id, -LedgerPosting.amount),
            )
        )
    ).subquery()
    left_over = (
        select(moved.c.entry_id).group_by(moved.c.entry_id, moved.c.account_id).having(func.sum(moved.c.amount) != 0)
    )
    return left_over.distinct()


def _posted_after_closing() -> Select[Any]:
    month = func.date_trunc("month", LedgerEntry.day)
    return (
        select(LedgerEntry.id)
        .join(
            LedgerMonthClosing,
            and_(LedgerMonthClosing.tenant_id == LedgerEntry.tenant_id, LedgerMonthClosing.month == month),
        )
        .where(LedgerEntry.posted_at > LedgerMonthClosing.closed_at)
    )


def _client_missing() -> Select[Any]:
    of_a_client = LedgerAccount.kind.in_(sorted(OF_A_CLIENT))
    return select(LedgerAccount.id).where(of_a_client != LedgerAccount.client_id.is_not(None))


_CHECKS: Final[Mapping[str, Select[Any]]] = {
    "entry_without_postings": _without_postings(),
    "reversal_differs": _reversal_differs(),
    "posted_after_closing": _posted_after_closing(),
    "account_without_its_client": _client_missing(),
}
