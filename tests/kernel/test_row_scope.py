"""A statement is narrowed by the rules of the tables that it names, and by no others; wherever it names them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, exists, func, literal, select, union, update
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.orm import aliased, with_loader_criteria

from app.assets.devices.models import Device
from app.desk.tickets.models import Ticket, TicketEvent, Visit
from app.platform.kernel.row_scope import RowScope, ScopedStaff, row_scopes
from migrations.registry import mapped_classes

DIALECT: Any = PGDialect_asyncpg
STAFF = ScopedStaff(UUID(int=1), UUID(int=2), [UUID(int=3)], datetime(2026, 11, 16, tzinfo=UTC))
_other = aliased(Ticket)
_below = select(Ticket.id, Ticket.client_id).subquery()
_with = select(Ticket.id).cte()

STATEMENTS: dict[str, Callable[[], Any]] = {
    "an entity": lambda: select(Ticket),
    "a column": lambda: select(Ticket.id),
    "an alias": lambda: select(_other.id),
    "a count": lambda: select(func.count()).select_from(Ticket),
    "a count of a column": lambda: select(func.count(Ticket.id)),
    "whether there is one": lambda: select(exists(select(Ticket.id))),
    "a condition on another table": lambda: select(literal(1)).where(exists().where(Ticket.id == UUID(int=9))),
    "a sub-query as a source": lambda: select(_below.c.id),
    "a named sub-query": lambda: select(_with.c.id),
    "a value of a sub-query": lambda: select(
        Device.id, select(func.count(_other.id)).where(_other.device_id == Device.id).scalar_subquery()
    ),
    "in a list of another": lambda: select(Device).where(Device.id.in_(select(_other.device_id))),
    "two together": lambda: union(select(Ticket.id), select(Device.id)),
    "joined": lambda: select(TicketEvent.id).join(Ticket, Ticket.id == TicketEvent.ticket_id),
    "joined outside": lambda: select(Device.id).outerjoin(_other, _other.device_id == Device.id),
    "changed": lambda: update(Ticket).where(Ticket.device_id.in_(select(Device.id))).values(subject="x"),
    "deleted": lambda: delete(Visit).where(Visit.ticket_id.in_(select(Ticket.id))),
    "without any table of a client": lambda: select(literal(1)),
}


def sql(statement: Any, criteria: list[Any]) -> str:
    return str(statement.options(*criteria).compile(dialect=DIALECT()))


@pytest.mark.parametrize("kind", STATEMENTS)
def test_it_is_the_statement_that_every_rule_would_make(kind: str) -> None:
    mapped_classes()
    every = [
        with_loader_criteria(each, rule(each, STAFF), include_aliases=True, propagate_to_loaders=False)
        for each, rule in row_scopes.items()
    ]
    narrowed = RowScope(STAFF)
    statement = STATEMENTS[kind]()
    criteria = narrowed.criteria(statement)
    assert sql(statement, criteria) == sql(statement, every)
    assert len(criteria) < len(every) / 2, "most rules are about tables that it does not name"


def test_every_table_with_a_rule_is_found() -> None:
    missed = [
        name
        for name, model in mapped_classes().items()
        if bool(RowScope(STAFF).criteria(select(model))) != (model in row_scopes)
    ]
    assert missed == []
