"""Making charges: each once, by its source, rule and revision; taking back what has changed, and charging it anew."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, any_, literal, or_, select

from app.platform.kernel.performance import RowValues, insert_missing
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.rating.marks import add_marks, carry_marks
from billing.rating.models import NAME_LENGTH, Charge, RatedRecord
from billing.rating.schemas import ChargeDue
from billing.rating.vocabulary import MarkKind, SourceKind

KEY = ("source_kind", "source_id", "rule", "revision")
Source = tuple[str, UUID]
"""Kind and id of what charges follow from."""
NO_GOODWILL: Final[Mapping[Source, str]] = {}


class Charged(NamedTuple):
    """What came of charging: how many charges were made, and how many taken back."""

    made: int = 0
    reversed: int = 0

    def __bool__(self) -> bool:
        return bool(self.made or self.reversed)


async def insert_charges(work: UnitOfWork, due: Iterable[tuple[ChargeDue, int]]) -> set[UUID]:
    """Make these charges, each with its revision, unless the same source, rule and revision was charged before; the
    ids of those that are new. Whoever raises a revision holds the source (`hold_records`)."""
    rows = [_row(work, each, revision) for each, revision in due]
    return await insert_missing(work.session, Charge, rows, key=KEY) if rows else set()


async def settle(
    work: UnitOfWork,
    sources: Collection[Source],
    due: Sequence[ChargeDue],
    goodwill: Mapping[Source, str] = NO_GOODWILL,
) -> Charged:
    """Have exactly `due` stand charged for these sources, which the caller holds: what is missing is charged, what
    costs something else by now is taken back and charged anew under the next revision, what is due no more is taken
    back. Called again with the same, it changes nothing. New charges of sources in `goodwill` are waived, for the
    reason that stands there."""
    standing, revisions = await _charges_of(work, sources)
    wanted = {(each.source_kind, each.source_id, each.rule): each for each in due}
    taken_back = [row for key, row in standing.items() if key not in wanted or not _same(row, wanted[key])]
    new = [each for key, each in wanted.items() if key not in standing or not _same(standing[key], each)]
    rows = [_reversal(work, row) for row in taken_back]
    anew = [_row(work, each, revisions[each.source_kind, each.source_id, each.rule]) for each in new]
    if rows or anew:
        await insert_missing(work.session, Charge, [*rows, *anew], key=KEY)
    by_key = {(row["source_kind"], row["source_id"], row["rule"]): row["id"] for row in anew}
    await carry_marks(work, {row.id: by_key[_key(row)] for row in taken_back if _key(row) in by_key})
    waived = {made: goodwill[key[:2]] for key, made in by_key.items() if key[:2] in goodwill}
    await add_marks(work, waived, MarkKind.GOODWILL)
    return Charged(len(anew), len(rows))


def follows_from(table: type[Charge | RatedRecord], sources: Collection[Source]) -> ColumnElement[bool]:
    """Whether a row is about one of these sources. Their ids are one parameter: the statement stays the same for any
    number of them, and is planned once."""
    by_kind: defaultdict[str, list[UUID]] = defaultdict(list)
    for kind, source_id in sources:
        by_kind[kind].append(source_id)
    return or_(
        *(
            and_(table.source_kind == kind, table.source_id == any_(literal(by_kind[kind], ARRAY(Uuid))))
            for kind in sorted(by_kind)
        )
    )


async def _charges_of(
    work: UnitOfWork, sources: Collection[Source]
) -> tuple[dict[tuple[str, UUID, str], Charge], defaultdict[tuple[str, UUID, str], int]]:
    """By kind, source and rule: the charge that stands, and the next revision."""
    standing: dict[tuple[str, UUID, str], Charge] = {}
    revisions: defaultdict[tuple[str, UUID, str], int] = defaultdict(int)
    if not sources:
        return standing, revisions
    rows = (await work.session.scalars(select(Charge).where(follows_from(Charge, sources)))).all()
    if not rows:
        return standing, revisions
    reversed_ids = set(
        await work.session.scalars(select(Charge.reverses_id).where(Charge.reverses_id.in_([row.id for row in rows])))
    )
    for row in rows:
        key = _key(row)
        revisions[key] = max(revisions[key], row.revision + 1)
        if row.id not in reversed_ids:
            standing[key] = row
    return standing, revisions


def _key(row: Charge) -> tuple[str, UUID, str]:
    return row.source_kind, row.source_id, row.rule


def _same(row: Charge, due: ChargeDue) -> bool:
    """Whether the client owes the same. Words and ways back that changed since charge nothing."""
    return (
        row.amount == due.amount.minor
        and row.currency == due.amount.currency
        and row.quantity == due.quantity
        and row.unit_price == due.unit_price
        and row.tax == due.tax
        and row.price_mode == due.price_mode
    )


def _row(work: UnitOfWork, due: ChargeDue, revision: int) -> RowValues:
    return {
        "id": work.new_id(),
        "client_id": due.client_id,
        "source_kind": due.source_kind,
        "source_id": due.source_id,
        "rule": due.rule,
        "revision": revision,
        "reverses_id": None,
        "contract_id": due.contract_id,
        "contract_version_id": due.contract_version_id,
        "quote_line_id": due.quote_line_id,
        "addon_order_id": due.addon_order_id,
        "ticket_id": due.ticket_id,
        "visit_id": due.visit_id,
        "site_id": due.site_id,
        "department_id": due.department_id,
        "device_id": due.device_id,
        "day": due.day,
        "name": due.name[:NAME_LENGTH],
        "quantity": due.quantity,
        "unit": due.unit,
        "unit_price": due.unit_price,
        "amount": due.amount.minor,
        "currency": due.amount.currency,
        "tax": due.tax,
        "price_mode": due.price_mode,
        "category": due.category,
        "period_start": due.period.start if due.period else None,
        "period_end": due.period.end if due.period else None,
        "period_price": due.period_price,
        "made_at": work.now,
    }


_KEPT = (
    "client_id",
    "rule",
    "contract_id",
    "contract_version_id",
    "quote_line_id",
    "addon_order_id",
    "ticket_id",
    "visit_id",
    "site_id",
    "department_id",
    "device_id",
    "day",
    "name",
    "unit",
    "unit_price",
    "currency",
    "tax",
    "price_mode",
    "category",
    "period_start",
    "period_end",
)


def _reversal(work: UnitOfWork, row: Charge) -> RowValues:
    """On the day of what it takes back, so that it is taxed alike."""
    return {name: getattr(row, name) for name in _KEPT} | {
        "id": work.new_id(),
        "source_kind": SourceKind.REVERSAL,
        "source_id": row.id,
        "revision": 0,
        "reverses_id": row.id,
        "quantity": -row.quantity,
        "amount": -row.amount,
        "made_at": work.now,
    }
