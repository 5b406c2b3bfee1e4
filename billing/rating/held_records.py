"""What is being rated, held until the commit: of two that rate the same, the later one sees what the earlier did."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.performance import insert_missing
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.rating.charging import Source, follows_from
from billing.rating.models import RatedRecord


class ToHold(NamedTuple):
    """Something that is rated: what it is, whose, and since when."""

    kind: str
    id: UUID
    client_id: UUID
    day: date
    ticket_id: UUID | None = None


async def hold_records(work: UnitOfWork, wanted: Collection[ToHold], outcome: str) -> dict[Source, RatedRecord]:
    """The rows of what is rated, made with `outcome` where there are none, locked in one order."""
    ordered = sorted(wanted, key=lambda each: (each.kind, each.id))
    if not ordered:
        return {}
    await insert_missing(
        work.session,
        RatedRecord,
        [
            {
                "id": work.new_id(),
                "client_id": each.client_id,
                "source_kind": each.kind,
                "source_id": each.id,
                "ticket_id": each.ticket_id,
                "day": each.day,
                "outcome": outcome,
                "rated_at": work.now,
            }
            for each in ordered
        ],
        key=("source_kind", "source_id"),
    )
    rows = await work.session.scalars(
        select(RatedRecord)
        .where(follows_from(RatedRecord, [(each.kind, each.id) for each in ordered]))
        .order_by(RatedRecord.source_kind, RatedRecord.source_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {(row.source_kind, row.source_id): row for row in rows}
