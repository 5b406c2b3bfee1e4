"""Rows of statements: locking, steps, telling the other side, views."""

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.live_updates import Change
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.royalties.models import ROYALTY_STATEMENTS, RoyaltyInvoice, RoyaltyStatement, RoyaltyStatementStep
from billing.royalties.reckoning import Basis
from billing.royalties.schemas import RoyaltyInvoiceSummary, StatementLine, StatementStep, StatementView
from billing.royalties.states import ROYALTY_STATEMENT, Side, StatementMove

MADE = "made"
STEP_ACTIONS = {
    MADE: "royalty_statement.created",
    StatementMove.AGREE: "royalty_statement.agreed",
    StatementMove.DISPUTE: "royalty_statement.disputed",
    StatementMove.LAPSE: "royalty_statement.lapsed",
    StatementMove.CORRECT: "royalty_statement.corrected",
    StatementMove.UPHOLD: "royalty_statement.confirmed",
    StatementMove.INVOICE: "royalty_statement.invoiced",
    StatementMove.CLOSE: "royalty_statement.closed",
}
"""What the audit log calls each step."""


def side_of(work: UnitOfWork) -> Side:
    """The side of the actor's tenant."""
    return Side.HEADQUARTERS if work.tenant_id == HQ_TENANT_ID else Side.PARTNER


def version_of(row: RoyaltyStatement) -> int:
    """What changes with every write of either side."""
    return row.state_revision + row.owner_revision + row.other_revision


async def locked(work: UnitOfWork, statement_id: UUID, version: int | None = None) -> RoyaltyStatement:
    """
    Raises:
        NotFound: this side has no such statement.
        StaleVersion: it is another than was read.
    """
    row = await work.session.get(
        RoyaltyStatement, (work.tenant_id, statement_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    if version is not None and version != version_of(row):
        raise StaleVersion
    return row


async def take(work: UnitOfWork, row: RoyaltyStatement, move: StatementMove, text: str = "") -> None:
    """Make the move, with its step, and tell the other side.

    Raises:
        RoyaltyStatementMoveRefused
    """
    by_platform = move is StatementMove.LAPSE
    before = ROYALTY_STATEMENT.after(move, row.state, side_of(work))
    ROYALTY_STATEMENTS.settle(row, before, by_platform=by_platform)
    work.session.add(step_of(work, row, move, text))
    work.audit(STEP_ACTIONS[move], "royalty_statement", row.id, state=row.state, edition=row.edition)
    ROYALTY_STATEMENTS.publish(work, row, move)
    work.announce(Change(kind="royalty_statement", id=row.id))
    await work.session.flush()


def step_of(work: UnitOfWork, row: RoyaltyStatement, kind: str, text: str = "") -> RoyaltyStatementStep:
    """What happened, as both sides keep it."""
    return RoyaltyStatementStep(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        statement_id=row.id,
        occurred_at=work.now,
        kind=kind,
        side=side_of(work),
        actor_name=work.actor.display_name,
        amount=row.amount,
        text=text,
    )


def lines_of(row: RoyaltyStatement) -> list[StatementLine]:
    """The lines of the present edition."""
    return msgspec.convert(row.lines, list[StatementLine], strict=False)


async def to_view(work: UnitOfWork, row: RoyaltyStatement) -> StatementView:
    """The statement for this side."""
    steps = await work.session.scalars(
        select(RoyaltyStatementStep)
        .where(RoyaltyStatementStep.statement_id == row.id)
        .order_by(RoyaltyStatementStep.occurred_at, RoyaltyStatementStep.id)
    )
    invoice = await work.session.scalar(select(RoyaltyInvoice).where(RoyaltyInvoice.statement_id == row.id))
    return view_of(
        StatementView,
        row,
        bases=msgspec.convert(row.bases, list[tuple[date, Basis]]),
        lines=lines_of(row),
        steps=[view_of(StatementStep, each) for each in steps],
        moves=[str(move) for move in ROYALTY_STATEMENT.moves_from(row.state, side_of(work))],
        invoice=view_of(RoyaltyInvoiceSummary, invoice) if invoice is not None else None,
        version=version_of(row),
    )
