"""Every table with a tenant: it holds rows of the scenery, and the database itself shows them to nobody else."""

from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.model import Isolation, Model
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from migrations.registry import mapped_classes
from tests.isolation.scenery import Scenery

TABLES = {
    name: model for name, model in sorted(mapped_classes().items()) if model.__isolation__ is not Isolation.GLOBAL
}


async def test_every_table_has_rows_that_must_stay_hidden(scenery: Scenery, superuser: asyncpg.Connection) -> None:
    tenants = [scenery.owner.id, HQ_TENANT_ID]
    rows = {
        name: await superuser.fetchval(f"SELECT count(*) FROM {name} WHERE tenant_id = ANY($1)", tenants)
        for name in TABLES
    }
    empty = [name for name, count in rows.items() if not count]
    assert not empty, (
        "nobody tries to see these tables' rows. Give each one: in tests/<area>/scenery.py, "
        'async def make(scenery, manager): await scenery.row("table"), or by the API and scenery.keep(...): '
        + " ".join(empty)
    )


async def seen(units_of_work: UnitOfWorkFactory, actor: Actor, table: str, column: str, value: UUID) -> int:
    """Rows of the table that the database shows to `actor`, of those with that value."""
    async with units_of_work.begin(actor) as work:
        found = await work.session.execute(
            text(f"SELECT count(*) FROM {table} WHERE {column} = :value"), {"value": value}
        )
        return int(found.scalar_one())


@pytest.mark.parametrize(("name", "model"), TABLES.items())
async def test_the_database_shows_a_tables_rows_to_nobody_else(
    name: str, model: type[Model], units_of_work: UnitOfWorkFactory, scenery: Scenery
) -> None:
    for who in ("another partner's owner", "a suspended partner's dispatcher", "headquarters", "visitor"):
        stranger = scenery.strangers[who] or Actor.visitor()
        assert await seen(units_of_work, stranger, name, "tenant_id", scenery.owner.id) == 0, who
    for who in ("another client's contact", "another client's reporter"):
        inner = scenery.strangers[who]
        assert inner
        if model.__isolation__ is Isolation.PROVIDER:
            assert await seen(units_of_work, inner, name, "tenant_id", scenery.owner.id) == 0, who
        elif model.__isolation__ in (Isolation.CLIENT, Isolation.REPORTER):
            column = "id" if name == "client" else "client_id"
            assert await seen(units_of_work, inner, name, column, scenery.ids["client_id"]) == 0, who
