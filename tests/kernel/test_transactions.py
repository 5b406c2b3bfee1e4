"""How transactions begin and end: one message, bound to the actor, and never lost in silence."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.assets.clients.models import Client
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.performance import driver_of
from app.platform.kernel.transactions import TransactionLost
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tests.factories.network import PartnerCompany


def company(partner: PartnerCompany, units_of_work: UnitOfWorkFactory, code: str) -> Client:
    return Client(
        tenant_id=partner.id,
        id=new_id(),
        code=code,
        name="厦门协成实业有限公司",
        short_name="协成",
        engagement_models=[],
        created_at=units_of_work.clock.now(),
    )


async def codes(units_of_work: UnitOfWorkFactory, actor: Actor) -> set[str]:
    async with units_of_work.begin(actor) as work:
        return set((await work.session.execute(text("SELECT code FROM client"))).scalars())


async def test_the_context_is_there_before_the_first_statement(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany
) -> None:
    async with units_of_work.begin(partner.dispatcher) as work:
        seen = await work.session.scalar(text("SELECT current_setting('app.actor')"))
    assert seen == f"{partner.id}/tenant//"


async def test_what_is_committed_stays_and_what_fails_goes(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany
) -> None:
    async with units_of_work.begin(partner.system) as work:
        work.session.add(company(partner, units_of_work, "kept"))
    with pytest.raises(RuntimeError, match="on purpose"):
        await add_and_fail(units_of_work, partner)
    assert await codes(units_of_work, partner.system) == {"kept"}


async def add_and_fail(units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> None:
    async with units_of_work.begin(partner.system) as work:
        work.session.add(company(partner, units_of_work, "lost"))
        await work.session.flush()
        raise RuntimeError("on purpose")


async def test_an_error_swallowed_inside_a_transaction_does_not_pass_for_a_commit(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany
) -> None:
    with pytest.raises((TransactionLost, DBAPIError)):
        await swallow(units_of_work, partner)


async def swallow(units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> None:
    async with units_of_work.begin(partner.system) as work:
        driver = await driver_of(work.session)
        try:
            await driver.fetch("SELECT 1/0")
        except Exception:  # noqa: BLE001 - the mistake that this test makes
            return


async def test_the_connection_comes_back_clean(units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> None:
    for _ in range(8):
        with pytest.raises(RuntimeError, match="on purpose"):
            await add_and_fail(units_of_work, partner)
    assert "lost" not in await codes(units_of_work, partner.system)
