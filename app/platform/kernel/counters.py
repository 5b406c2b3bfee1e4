"""Number series of records, gapless per tenant and day or year: `FW-20261122-0007`."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, String
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.actor import Actor
from app.platform.kernel.model import Isolation, Model


class Counter(Model):
    """The last number given out under one name (for tickets: kind and local date), or how often a turn was taken."""

    __tablename__ = "counter"
    __isolation__ = Isolation.PROVIDER

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class Period(StrEnum):
    """How long a series counts on before it begins at 1 again."""

    DAY = "day"
    YEAR = "year"


async def next_number(
    session: AsyncSession,
    actor: Actor,
    prefix: str,
    day: date,
    period: Period = Period.DAY,
    *,
    digits: int | None = None,
) -> str:
    """The next number of `prefix` in the period of the tenant's local `day`, with so many digits at least.

    Concurrent callers wait for each other, and a rolled back transaction gives its number back.
    """
    name = _name(prefix, day, period)
    statement = (
        insert(Counter)
        .values(tenant_id=actor.tenant_id, name=name, value=1)
        .on_conflict_do_update(index_elements=[Counter.tenant_id, Counter.name], set_={"value": Counter.value + 1})
        .returning(Counter.value)
    )
    value = (await session.execute(statement)).scalar_one()
    return number_of(prefix, day, value, period, digits=digits)


async def reserve_numbers(
    session: AsyncSession, tenant_id: UUID, prefix: str, wanted: Mapping[date, int]
) -> dict[date, int]:
    """Take so many numbers of each day at once; the first of each day's range. Gapless like `next_number`."""
    names = {_name(prefix, day): day for day in sorted(wanted)}
    statement = insert(Counter).values(
        [{"tenant_id": tenant_id, "name": name, "value": wanted[day]} for name, day in names.items()]
    )
    rows = await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Counter.tenant_id, Counter.name],
            set_={"value": Counter.value + statement.excluded.value},
        ).returning(Counter.name, Counter.value)
    )
    return {names[name]: last - wanted[names[name]] + 1 for name, last in rows}


async def take_turns(session: AsyncSession, tenant_id: UUID, names: Sequence[str]) -> None:
    """Have these names to oneself until the commit: whoever else takes one of them waits, and then sees what was
    written. The rows count how often. Taken in the order of the names, so nobody waits in a circle."""
    rows = [{"tenant_id": tenant_id, "name": name, "value": 1} for name in sorted(set(names))]
    if rows:
        await session.execute(
            insert(Counter)
            .values(rows)
            .on_conflict_do_update(index_elements=[Counter.tenant_id, Counter.name], set_={"value": Counter.value + 1})
        )


def number_of(prefix: str, day: date, value: int, period: Period = Period.DAY, *, digits: int | None = None) -> str:
    """How people see the number: `FW-20261122-0007`, of a year `INV-2026-000007` (four `digits`: `BJ-2026-0007`)."""
    wide = digits or (4 if period is Period.DAY else 6)
    return f"{_name(prefix, day, period)}-{value:0{wide}d}"


def _name(prefix: str, day: date, period: Period = Period.DAY) -> str:
    return f"{prefix}-{day:{'%Y%m%d' if period is Period.DAY else '%Y'}}"
