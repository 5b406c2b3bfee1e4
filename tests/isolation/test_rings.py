"""Three rings, kept by the database: what each actor sees when a query forgets every condition."""

from uuid import UUID

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError

from app.assets.clients.models import Client
from app.assets.devices.models import Device, DevicePin
from app.platform.kernel.actor import Actor
from app.platform.kernel.database import SessionWithoutActor, session_factory
from app.platform.kernel.ids import new_id
from app.platform.kernel.model import Model
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tenants.context import Command, elevated
from tests.factories.network import ClientCompany, Network, PartnerCompany


class Rings:
    """Two partners, two clients in the first, two reporters in its first client."""

    xiamen: PartnerCompany
    guangzhou: PartnerCompany
    jianfa: ClientCompany
    school: ClientCompany
    canton: ClientCompany
    li: Actor
    zhang: Actor
    li_device: UUID
    zhang_device: UUID
    school_device: UUID


@pytest.fixture(scope="module")
async def rings(network: Network) -> Rings:
    made = Rings()
    made.xiamen, made.guangzhou = await network.partner(), await network.partner("广州岭南信息服务有限公司")
    made.jianfa, made.school = await network.client(made.xiamen), await network.client(made.xiamen, "厦门第九中学")
    made.canton = await network.client(made.guangzhou, "广州天河商贸")
    made.li_device, made.li = await network.device(made.jianfa, holder="李静")
    made.zhang_device, made.zhang = await network.device(made.jianfa, holder="张伟")
    made.school_device, _ = await network.device(made.school)
    await network.device(made.canton)
    return made


async def raw_ids(units_of_work: UnitOfWorkFactory, actor: Actor, table: str) -> set[UUID]:
    """Every id that the database itself shows to `actor`: no condition, no mapped class, nothing to help."""
    async with units_of_work.begin(actor) as work:
        return set((await work.session.execute(text(f"SELECT id FROM {table}"))).scalars())


async def test_a_partner_sees_only_its_own_rows_when_a_query_forgets_the_tenant(
    units_of_work: UnitOfWorkFactory, rings: Rings
) -> None:
    assert await raw_ids(units_of_work, rings.xiamen.dispatcher, "client") == {rings.jianfa.id, rings.school.id}
    assert await raw_ids(units_of_work, rings.guangzhou.dispatcher, "client") == {rings.canton.id}


async def test_headquarters_sees_no_partners_rows(
    units_of_work: UnitOfWorkFactory, network: Network, rings: Rings
) -> None:
    assert await raw_ids(units_of_work, network.administrator, "client") == set()
    assert await raw_ids(units_of_work, network.administrator, "device") == set()


async def test_a_clients_people_see_only_their_company(units_of_work: UnitOfWorkFactory, rings: Rings) -> None:
    assert await raw_ids(units_of_work, rings.jianfa.contact, "client") == {rings.jianfa.id}
    assert await raw_ids(units_of_work, rings.jianfa.contact, "device") == {rings.li_device, rings.zhang_device}
    assert await raw_ids(units_of_work, rings.school.contact, "device") == {rings.school_device}


async def test_a_reporter_sees_only_the_device_they_hold(units_of_work: UnitOfWorkFactory, rings: Rings) -> None:
    assert await raw_ids(units_of_work, rings.li, "device") == {rings.li_device}
    assert await raw_ids(units_of_work, rings.zhang, "device") == {rings.zhang_device}
    assert await raw_ids(units_of_work, rings.li, "employee") == set()


@pytest.mark.parametrize(
    "table", ["device_pin", "device_label", "membership", "ticket_note", "audit_pending", "delivery"]
)
async def test_inner_rings_never_see_the_providers_own_tables(
    units_of_work: UnitOfWorkFactory, rings: Rings, table: str
) -> None:
    async with units_of_work.begin(rings.xiamen.system) as work:
        work.audit("test.seen", "ticket")
        work.session.add(
            DevicePin(
                tenant_id=rings.xiamen.id,
                id=new_id(),
                client_id=rings.jianfa.id,
                device_id=rings.li_device,
                reporter_id=rings.li.reporter_id,
                pin_hash="x",
                issued_at=work.now,
                issued_by="test",
            )
        ) if table == "device_pin" else None
    assert await raw_ids(units_of_work, rings.jianfa.contact, table) == set()
    assert await raw_ids(units_of_work, rings.li, table) == set()


async def test_a_clients_people_read_their_own_actions_and_reporters_none(
    units_of_work: UnitOfWorkFactory, rings: Rings
) -> None:
    for actor in (rings.xiamen.owner, rings.school.contact, rings.li):
        async with units_of_work.begin(rings.xiamen.system) as work:
            work.audit_as(actor, "test.seen", "ticket")
    async with units_of_work.begin(rings.jianfa.contact) as work, elevated(work, Command.ADD_NOTE):
        pass
    own = await raw_ids(units_of_work, rings.jianfa.contact, "audit_entry")
    staff = await raw_ids(units_of_work, rings.xiamen.owner, "audit_entry")
    assert len(own) == 2, "the command, and what the reporter of this client did"
    assert own < staff
    assert await raw_ids(units_of_work, rings.li, "audit_entry") == set()


async def test_a_visitor_sees_nothing_of_any_partner(units_of_work: UnitOfWorkFactory, rings: Rings) -> None:
    for table in ("client", "device", "membership", "tenant_profile"):
        assert rings.xiamen.id not in await raw_ids(units_of_work, Actor.visitor(), table)


async def test_inner_rings_cannot_write_even_their_own_rows(units_of_work: UnitOfWorkFactory, rings: Rings) -> None:
    async with units_of_work.begin(rings.jianfa.contact) as work:
        changed = await work.session.execute(text("UPDATE client SET name = 'mine'"))
        assert changed.rowcount == 0  # type: ignore[attr-defined]  # a cursor result
    row = Device(
        tenant_id=rings.xiamen.id,
        id=new_id(),
        client_id=rings.jianfa.id,
        number="X-1",
        created_at=units_of_work.clock.now(),
    )
    with pytest.raises(DBAPIError, match="row-level security"):
        await insert_as(units_of_work, rings.li, row)


async def insert_as(units_of_work: UnitOfWorkFactory, actor: Actor, row: Model) -> None:
    async with units_of_work.begin(actor) as work:
        work.session.add(row)


async def test_a_partner_cannot_write_into_another_tenant(units_of_work: UnitOfWorkFactory, rings: Rings) -> None:
    row = Client(
        tenant_id=rings.guangzhou.id,
        id=new_id(),
        code="x",
        name="x",
        short_name="x",
        engagement_models=[],
        created_at=units_of_work.clock.now(),
    )
    with pytest.raises(DBAPIError, match="row-level security"):
        await insert_as(units_of_work, rings.xiamen.dispatcher, row)


async def test_an_elevated_command_writes_and_falls_back(units_of_work: UnitOfWorkFactory, rings: Rings) -> None:
    async with units_of_work.begin(rings.li) as work:
        async with elevated(work, Command.ADD_NOTE):
            assert await work.session.scalar(select(func.count(Device.id))) == 3
        assert await work.session.scalar(select(func.count(Device.id))) == 1
        assert set((await work.session.execute(text("SELECT id FROM device"))).scalars()) == {rings.li_device}


async def test_the_context_does_not_outlive_its_transaction(
    units_of_work: UnitOfWorkFactory, runtime: Runtime, rings: Rings
) -> None:
    async with units_of_work.begin(rings.xiamen.dispatcher) as work:
        await work.session.execute(select(Client.id))
    async with runtime.engine("app").connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM client"))).scalar() == 0


async def test_a_session_without_an_actor_is_refused(runtime: Runtime) -> None:
    async with session_factory(runtime.engine("app"))() as session:
        with pytest.raises(SessionWithoutActor):
            await session.execute(text("SELECT 1"))


async def test_queries_name_the_tenant_even_when_the_code_forgot(
    units_of_work: UnitOfWorkFactory, rings: Rings
) -> None:
    async with units_of_work.begin(rings.xiamen.dispatcher) as work:
        statement = select(Device.number)
        captured: list[str] = []
        connection = await work.session.connection()
        event.listen(
            connection.sync_connection, "before_cursor_execute", lambda _c, _cursor, sql, *_: captured.append(sql)
        )
        await work.session.execute(statement)
    assert "device.tenant_id = " in captured[-1]
