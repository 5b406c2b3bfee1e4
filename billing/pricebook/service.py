"""Use cases of a company's price book."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.columns import columns_of, view_of
from app.platform.kernel.counters import take_turns
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.money import PriceMode, price_text
from billing.pricebook.errors import (
    EffectiveDayPast,
    PriceBookEmpty,
    PriceCodeTaken,
    PriceOutOfBounds,
    TaxRateMissing,
)
from billing.pricebook.models import PriceBookLine, PriceBookVersion
from billing.pricebook.permissions import PriceBookPermission
from billing.pricebook.prices import tax_rates_on
from billing.pricebook.schemas import (
    PriceBookPublish,
    PriceBookVersionView,
    PriceChange,
    PriceChangeKind,
    PriceLineView,
    PriceLineWrite,
)
from billing.pricebook.standard import NETWORK_CURRENCY, StandardPrices
from billing.pricebook.states import PRICE_BOOK_MACHINE, PriceBookMove, PriceBookState
from tenants.company_time import company_day

_WRITTEN: Final = ("name", "unit", "service_category", "unit_price", "price_mode", "tax")


class PriceBook:
    """The price book of the actor's company.

    Raises:
        Forbidden: without `price_book:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(PriceBookPermission.PRICE_BOOK_READ)
        self._work = work

    async def versions(self) -> list[PriceBookVersionView]:
        """The newest first."""
        rows = await self._work.session.scalars(select(PriceBookVersion).order_by(PriceBookVersion.number.desc()))
        return [_to_view(row) for row in rows]

    async def get(self, version_id: UUID) -> PriceBookVersionView:
        """
        Raises:
            NotFound: no such version in this company.
        """
        return _to_view(await self._row(version_id))

    async def lines(self, version_id: UUID) -> list[PriceLineView]:
        """By code.

        Raises:
            NotFound: no such version in this company.
        """
        await self._row(version_id)
        return await self._lines(version_id)

    async def line(self, version_id: UUID, line_id: UUID) -> PriceLineView:
        """
        Raises:
            NotFound: no such line in this version.
        """
        rows = await self._work.session.execute(
            select(*columns_of(PriceLineView, PriceBookLine)).where(
                PriceBookLine.version_id == version_id, PriceBookLine.id == line_id
            )
        )
        row = rows.one_or_none()
        if row is None:
            raise NotFound
        return PriceLineView(*row)

    async def begin(self) -> PriceBookVersionView:
        """A draft with the prices of the version that was begun last and not discarded; of a company's first version,
        with headquarters' suggested prices. Where a draft is being written, that one.

        Raises:
            Forbidden: without `price_book:write`.
        """
        work = self._work
        work.actor.require(PriceBookPermission.PRICE_BOOK_WRITE)
        await take_turns(work.session, work.tenant_id, ["price_book"])
        before = await work.session.scalar(_newest())
        if before is not None and before.state == PriceBookState.DRAFT:
            return _to_view(before)
        last = await work.session.scalar(select(func.max(PriceBookVersion.number)))
        draft = PriceBookVersion(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            number=(last or 0) + 1,
            state=PriceBookState.DRAFT,
            currency=before.currency if before else NETWORK_CURRENCY,
            created_at=work.now,
        )
        work.session.add(draft)
        await work.session.flush()
        work.session.add_all(self._new_line(draft.id, line) for line in await self._prices_of(before))
        work.audit("price_book.created", "price_book", draft.id, number=draft.number)
        await work.session.flush()
        return _to_view(draft)

    async def write_line(self, version_id: UUID, wanted: PriceLineWrite, line_id: UUID | None = None) -> PriceLineView:
        """Add a price to a draft, or change the one of `line_id`.

        Raises:
            Forbidden: without `price_book:write`.
            NotFound: no such version, or no such line in it.
            PriceBookMoveRefused: the version is no draft.
            PriceOutOfBounds, TaxRateMissing, PriceCodeTaken.
        """
        work = self._work
        work.actor.require(PriceBookPermission.PRICE_BOOK_WRITE)
        await self._draft(version_id)
        await self._check([wanted], await company_day(self._work))
        if line_id is not None:
            await self.line(version_id, line_id)
            await work.session.execute(
                delete(PriceBookLine).where(PriceBookLine.version_id == version_id, PriceBookLine.id == line_id)
            )
        made = await work.session.scalar(
            insert(PriceBookLine)
            .values(_line_values(work.tenant_id, line_id or work.new_id(), version_id, wanted))
            .on_conflict_do_nothing(index_elements=["tenant_id", "version_id", "code"])
            .returning(PriceBookLine.id)
        )
        if made is None:
            raise PriceCodeTaken(price_code=wanted.code, fields={"code": PriceCodeTaken.text})
        return await self.line(version_id, made)

    async def take_over(self, lines: Sequence[PriceLineWrite]) -> PriceBookVersionView:
        """Write prices that have been checked (`refusals`) into the draft, which is begun where there is none: of a
        code that it has the price is changed, other codes are added.

        Raises:
            Forbidden: without `price_book:write`.
        """
        work = self._work
        draft = await self.begin()
        if lines:
            statement = insert(PriceBookLine).values(
                [_line_values(work.tenant_id, work.new_id(), draft.id, line) for line in lines]
            )
            written = {name: statement.excluded[name] for name in _WRITTEN}
            await work.session.execute(
                statement.on_conflict_do_update(index_elements=["tenant_id", "version_id", "code"], set_=written)
            )
        return draft

    async def prices_to_go_on_from(self) -> Mapping[str, PriceLineWrite]:
        """The draft's prices, or those that `begin` would begin with, by code."""
        before = await self._work.session.scalar(_newest())
        return {line.code: line for line in await self._prices_of(before)}

    async def refusals(self, lines: Sequence[PriceLineWrite]) -> Mapping[str, PriceOutOfBounds | TaxRateMissing]:
        """Why prices cannot be written today, by code."""
        return {line.code: error async for line, error in self._refused(lines, await company_day(self._work))}

    async def remove_line(self, version_id: UUID, line_id: UUID) -> None:
        """Take a price out of a draft; one that is gone stays gone.

        Raises:
            Forbidden: without `price_book:write`.
            NotFound, PriceBookMoveRefused: as `write_line`.
        """
        self._work.actor.require(PriceBookPermission.PRICE_BOOK_WRITE)
        await self._draft(version_id)
        await self._work.session.execute(
            delete(PriceBookLine).where(PriceBookLine.version_id == version_id, PriceBookLine.id == line_id)
        )

    async def publish(self, version_id: UUID, wanted: PriceBookPublish) -> PriceBookVersionView:
        """Let the draft hold from a day on.

        Raises:
            Forbidden: without `price_book:write`.
            NotFound, PriceBookMoveRefused, StaleVersion.
            EffectiveDayPast: the day is over in the company's zone.
            PriceBookEmpty, PriceOutOfBounds, TaxRateMissing: checked for every line, on that day.
        """
        work = self._work
        row = await self._draft(version_id, wanted.version, PriceBookMove.PUBLISH)
        if wanted.effective_from < await company_day(self._work):
            raise EffectiveDayPast(fields={"effective_from": EffectiveDayPast.text})
        lines = await self._lines(version_id)
        if not lines:
            raise PriceBookEmpty
        await self._check([line.as_written() for line in lines], wanted.effective_from)
        row.state = PRICE_BOOK_MACHINE.after(PriceBookMove.PUBLISH, row.state)
        row.effective_from, row.note = wanted.effective_from, wanted.note
        row.published_at, row.published_by = work.now, work.actor.display_name
        row.version += 1
        work.audit(
            "price_book.published",
            "price_book",
            row.id,
            number=row.number,
            effective_from=wanted.effective_from.isoformat(),
        )
        await work.session.flush()
        return _to_view(row)

    async def discard(self, version_id: UUID, version: int) -> PriceBookVersionView:
        """Give the draft up.

        Raises:
            Forbidden: without `price_book:write`.
            NotFound, PriceBookMoveRefused, StaleVersion.
        """
        row = await self._draft(version_id, version, PriceBookMove.DISCARD)
        row.state = PRICE_BOOK_MACHINE.after(PriceBookMove.DISCARD, row.state)
        row.version += 1
        self._work.audit("price_book.discarded", "price_book", row.id, number=row.number)
        await self._work.session.flush()
        return _to_view(row)

    async def changes(self, version_id: UUID, since_id: UUID | None = None) -> list[PriceChange]:
        """What differs from the version `since_id`, or from the one published before it; by code. A company's first
        version has nothing to differ from.

        Raises:
            NotFound: one of the versions does not exist in this company.
        """
        row = await self._row(version_id)
        if since_id is None:
            since_id = await self._work.session.scalar(
                select(PriceBookVersion.id)
                .where(PriceBookVersion.state == PriceBookState.PUBLISHED, PriceBookVersion.number < row.number)
                .order_by(PriceBookVersion.number.desc())
                .limit(1)
            )
            if since_id is None:
                return []
        before = {line.code: line for line in await self.lines(since_id)}
        after = {line.code: line for line in await self._lines(version_id)}
        return [
            change
            for code in sorted(before.keys() | after.keys())
            if (change := _change(before.get(code), after.get(code))) is not None
        ]

    async def _row(self, version_id: UUID) -> PriceBookVersion:
        row = await self._work.session.scalar(select(PriceBookVersion).where(PriceBookVersion.id == version_id))
        if row is None:
            raise NotFound
        return row

    async def _draft(
        self, version_id: UUID, version: int | None = None, move: PriceBookMove = PriceBookMove.PUBLISH
    ) -> PriceBookVersion:
        """The draft, which nobody else writes, publishes or discards until this transaction ends."""
        self._work.actor.require(PriceBookPermission.PRICE_BOOK_WRITE)
        row = await self._work.session.scalar(
            select(PriceBookVersion).where(PriceBookVersion.id == version_id).with_for_update()
        )
        if row is None:
            raise NotFound
        PRICE_BOOK_MACHINE.require(move, row.state)
        if version is not None and row.version != version:
            raise StaleVersion
        return row

    async def _lines(self, version_id: UUID) -> list[PriceLineView]:
        rows = await self._work.session.execute(
            select(*columns_of(PriceLineView, PriceBookLine))
            .where(PriceBookLine.version_id == version_id)
            .order_by(PriceBookLine.code)
        )
        return [PriceLineView(*row) for row in rows]

    async def _prices_of(self, version: PriceBookVersion | None) -> list[PriceLineWrite]:
        """A version's prices; headquarters' suggested ones where there is no version."""
        if version is not None:
            return [line.as_written() for line in await self._lines(version.id)]
        return [
            PriceLineWrite(each.code, each.name, each.unit, each.service_category, each.suggested, each.tax)
            for each in await StandardPrices(self._work).all()
        ]

    async def _check(self, lines: Sequence[PriceLineWrite], day: date) -> None:
        async for _, error in self._refused(lines, day):
            raise error

    async def _refused(
        self, lines: Sequence[PriceLineWrite], day: date
    ) -> AsyncIterator[tuple[PriceLineWrite, PriceOutOfBounds | TaxRateMissing]]:
        rates = await tax_rates_on(self._work, day)
        bounds = {each.code: each for each in await StandardPrices(self._work).of([line.code for line in lines])}
        for line in lines:
            if line.tax not in rates:
                yield line, TaxRateMissing(day=day.isoformat(), tax=line.tax, fields={"tax": TaxRateMissing.text})
                continue
            bound = bounds.get(line.code)
            if bound is not None and not bound.floor <= _with_tax(line, rates[line.tax]) <= bound.ceiling:
                yield (
                    line,
                    PriceOutOfBounds(
                        name=line.name,
                        price=price_text(line.unit_price),
                        floor=price_text(bound.floor),
                        ceiling=price_text(bound.ceiling),
                    ),
                )

    def _new_line(self, version_id: UUID, line: PriceLineWrite) -> PriceBookLine:
        return PriceBookLine(**_line_values(self._work.tenant_id, self._work.new_id(), version_id, line))


def _with_tax(line: PriceLineWrite, rate: Decimal | None) -> Decimal:
    """The price with its tax, as headquarters states its bounds."""
    return line.unit_price if line.price_mode is PriceMode.TAX_INCLUDED else line.unit_price * (1 + (rate or 0))


def _newest() -> Select[PriceBookVersion]:
    """The version that was begun last and not discarded."""
    return (
        select(PriceBookVersion)
        .where(PriceBookVersion.state != PriceBookState.DISCARDED)
        .order_by(PriceBookVersion.number.desc())
        .limit(1)
    )


def _line_values(tenant_id: UUID, line_id: UUID, version_id: UUID, line: PriceLineWrite) -> dict[str, object]:
    return {
        "tenant_id": tenant_id,
        "id": line_id,
        "version_id": version_id,
        "code": line.code,
        "name": line.name,
        "unit": line.unit,
        "service_category": line.service_category,
        "unit_price": line.unit_price,
        "price_mode": line.price_mode,
        "tax": line.tax,
    }


def _change(before: PriceLineView | None, after: PriceLineView | None) -> PriceChange | None:
    shown = present(after or before, "the code stands in one of them")
    if before is None:
        kind = PriceChangeKind.ADDED
    elif after is None:
        kind = PriceChangeKind.REMOVED
    elif before.as_written() == after.as_written():
        return None
    else:
        kind = PriceChangeKind.CHANGED
    return PriceChange(kind, shown.code, shown.name, before, after)


def _to_view(row: PriceBookVersion) -> PriceBookVersionView:
    return view_of(PriceBookVersionView, row, state=PriceBookState(row.state))
