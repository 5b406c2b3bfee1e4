"""A partner's calendars and policies: ready from the first day, adapted in versions, excepted for single clients."""

from datetime import date
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from app.agreements.sla import (
    CALENDAR_TEMPLATES,
    POLICY_TEMPLATES,
    AssignmentService,
    CalendarService,
    EscalationContactService,
    PolicyService,
    Priority,
    TargetKind,
    provision_service_levels,
    schemas,
)
from app.agreements.sla.errors import DefaultAssignmentRequired, InUse, NameTaken
from app.agreements.sla.models import ServiceCalendarVersion
from app.agreements.sla.service_terms import terms_in_force, terms_of_versions
from app.agreements.sla.tasks import provision_for_new_partner
from app.platform.kernel.errors import Forbidden, NotFound, StaleVersion
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from app.platform.promises import DateException, InvalidDocument, Window
from tests.conftest import ClientFor
from tests.factories.network import Network, PartnerCompany

FOUNDING_DAY = DateException(day=date(2026, 11, 20), note="厂庆放假")


async def default_of(units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> schemas.AssignmentView:
    async with units_of_work.begin(partner.owner) as work:
        return (await AssignmentService(work).list())[0]


async def test_a_new_partner_finds_templates_and_a_default(
    units_of_work: UnitOfWorkFactory, network: Network, new_partner: PartnerCompany
) -> None:
    async with units_of_work.begin(new_partner.dispatcher) as work:
        calendars, policies = await CalendarService(work).list(), await PolicyService(work).list()
        assignments = await AssignmentService(work).list()
    assert {each.template for each in calendars} == {each.code for each in CALENDAR_TEMPLATES}
    assert {each.template for each in policies} == {each.code for each in POLICY_TEMPLATES}
    assert [(each.client_id, each.policy_name) for each in assignments] == [(None, "5×8 标准桌面服务")]
    client = await network.client(new_partner)
    async with units_of_work.begin(new_partner.system) as work:
        terms = await terms_in_force(work.session, new_partner.id, client.id)
    assert terms.policy.terms_of(Priority.P1).promises[0].kind is TargetKind.RESPONSE


async def test_provisioning_again_changes_nothing(
    units_of_work: UnitOfWorkFactory, new_partner: PartnerCompany
) -> None:
    async with units_of_work.begin(new_partner.system) as work:
        await provision_service_levels(work)
        assert len(await CalendarService(work).list()) == len(CALENDAR_TEMPLATES)
        assert len(await AssignmentService(work).list()) == 1


async def test_a_change_is_a_new_version_and_the_old_one_stays(
    units_of_work: UnitOfWorkFactory, network: Network, new_partner: PartnerCompany
) -> None:
    client = await network.client(new_partner)
    default = await default_of(units_of_work, new_partner)
    async with units_of_work.begin(new_partner.system) as work:
        before = await terms_in_force(work.session, new_partner.id, client.id)
    async with units_of_work.begin(new_partner.owner) as work:
        service = PolicyService(work)
        policy = await service.get(default.policy_id)
        changed = msgspec.structs.replace(policy.policy, attainment_percent=98.0)
        updated = await service.update(policy.id, schemas.PolicyUpdate(policy=changed, version=policy.version))
        assert (updated.policy.attainment_percent, updated.version) == (98.0, 2)
        assert [each.created_by for each in await service.versions(policy.id)] == ["陈总", "system"]
    async with units_of_work.begin(new_partner.system) as work:
        now = await terms_in_force(work.session, new_partner.id, client.id)
        then = await terms_of_versions(work.session, before.policy_version_id, before.calendar_version_id)
    assert now.policy.attainment_percent == 98.0
    assert then.policy.attainment_percent == 95.0
    with pytest.raises(StaleVersion):
        async with units_of_work.begin(new_partner.owner) as work:
            await PolicyService(work).update(
                policy.id, schemas.PolicyUpdate(policy=policy.policy, version=policy.version)
            )


async def test_problems_are_told_by_field(units_of_work: UnitOfWorkFactory, new_partner: PartnerCompany) -> None:
    async with units_of_work.begin(new_partner.owner) as work:
        calendar = (await CalendarService(work).list())[0]
    overlapping = msgspec.structs.replace(
        calendar.calendar,
        weekly=msgspec.structs.replace(
            calendar.calendar.weekly, monday=(Window("09:00", "12:00"), Window("11:00", "18:00"))
        ),
    )
    with pytest.raises(InvalidDocument) as refused:
        async with units_of_work.begin(new_partner.owner) as work:
            await CalendarService(work).create(schemas.CalendarCreate(name=" ", calendar=overlapping))
    assert set(refused.value.fields) == {"weekly.monday[1]", "name"}
    with pytest.raises(NameTaken):
        async with units_of_work.begin(new_partner.owner) as work:
            await CalendarService(work).create(schemas.CalendarCreate(name=calendar.name, calendar=calendar.calendar))


async def test_a_client_may_have_its_own_level_and_go_back_to_the_default(
    units_of_work: UnitOfWorkFactory, network: Network, new_partner: PartnerCompany
) -> None:
    client, neighbour = await network.client(new_partner), await network.client(new_partner, "集美光电")
    default = await default_of(units_of_work, new_partner)
    async with units_of_work.begin(new_partner.owner) as work:
        fast = next(each for each in await PolicyService(work).list() if each.template == "around_the_clock")
        hours = next(each for each in await CalendarService(work).list() if each.template == "around_the_clock")
        service = AssignmentService(work)
        own = await service.assign(client.id, schemas.AssignmentUpdate(policy_id=fast.id, calendar_id=hours.id))
        assert (await service.in_force(client.id)) == own
        assert (await service.in_force(neighbour.id)) == default
        with pytest.raises(InUse):
            await PolicyService(work).update(
                fast.id, schemas.PolicyUpdate(policy=fast.policy, version=fast.version, active=False)
            )
    async with units_of_work.begin(new_partner.owner) as work:
        await AssignmentService(work).remove(client.id, own.version)
        assert (await AssignmentService(work).in_force(client.id)) == default
        with pytest.raises(DefaultAssignmentRequired):
            await AssignmentService(work).remove(None, default.version)


async def test_a_clients_own_dates_lie_over_the_calendar_and_follow_its_changes(
    units_of_work: UnitOfWorkFactory, network: Network, new_partner: PartnerCompany
) -> None:
    client, neighbour = await network.client(new_partner), await network.client(new_partner, "集美光电")
    default = await default_of(units_of_work, new_partner)
    wish = schemas.AssignmentUpdate(
        policy_id=default.policy_id, calendar_id=default.calendar_id, exceptions=[FOUNDING_DAY]
    )
    async with units_of_work.begin(new_partner.owner) as work:
        own = await AssignmentService(work).assign(client.id, wish)
        assert (own.calendar_id, own.exceptions) == (default.calendar_id, [FOUNDING_DAY])
        assert len(await CalendarService(work).list()) == len(CALENDAR_TEMPLATES)
    assert await windows_of(units_of_work, new_partner, client.id) == ()
    assert len(await windows_of(units_of_work, new_partner, neighbour.id)) == 2

    async with units_of_work.begin(new_partner.owner) as work:
        base = await CalendarService(work).get(default.calendar_id)
        longer = msgspec.structs.replace(
            base.calendar, weekly=msgspec.structs.replace(base.calendar.weekly, saturday=(Window("09:00", "12:00"),))
        )
        await CalendarService(work).update(
            base.id, schemas.CalendarUpdate(name=base.name, calendar=longer, version=base.version)
        )
    assert await windows_of(units_of_work, new_partner, client.id, date(2026, 11, 21)) == (Window("09:00", "12:00"),)
    assert await windows_of(units_of_work, new_partner, client.id) == ()

    async with units_of_work.begin(new_partner.owner) as work:
        without = msgspec.structs.replace(wish, exceptions=[], version=own.version)
        await AssignmentService(work).assign(client.id, without)
    assert len(await windows_of(units_of_work, new_partner, client.id)) == 2


async def windows_of(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, client_id: UUID, day: date = FOUNDING_DAY.day
) -> tuple[Window, ...]:
    async with units_of_work.begin(partner.system) as work:
        terms = await terms_in_force(work.session, partner.id, client_id)
    return terms.calendar.windows_on(day)


async def test_what_one_client_agreed_on_is_not_told_to_its_neighbour(
    units_of_work: UnitOfWorkFactory, network: Network, new_partner: PartnerCompany
) -> None:
    client, neighbour = await network.client(new_partner), await network.client(new_partner, "湖里机械")
    default = await default_of(units_of_work, new_partner)
    async with units_of_work.begin(new_partner.owner) as work:
        service = PolicyService(work)
        document = msgspec.structs.replace((await service.get(default.policy_id)).policy, name="只给一家的价格")
        policy = await service.create(schemas.PolicyCreate(policy=document))
        wish = schemas.AssignmentUpdate(policy_id=policy.id, calendar_id=default.calendar_id, exceptions=[FOUNDING_DAY])
        await AssignmentService(work).assign(client.id, wish)
    async with units_of_work.begin(client.contact) as work:
        assert [each.id for each in await PolicyService(work).list()] == [policy.id]
        assert [each.id for each in await CalendarService(work).list()] == [default.calendar_id]
    async with units_of_work.begin(neighbour.contact) as work:
        assert (await PolicyService(work).list(), await CalendarService(work).list()) == ([], [])
        for asked in (PolicyService(work).get, PolicyService(work).versions):
            with pytest.raises(NotFound):
                await asked(policy.id)


async def test_why_a_client_is_closed_stays_with_the_client(
    units_of_work: UnitOfWorkFactory, network: Network, new_partner: PartnerCompany
) -> None:
    client, neighbour = await network.client(new_partner), await network.client(new_partner, "集美光电")
    default = await default_of(units_of_work, new_partner)
    async with units_of_work.begin(new_partner.owner) as work:
        await AssignmentService(work).assign(
            client.id,
            schemas.AssignmentUpdate(
                policy_id=default.policy_id, calendar_id=default.calendar_id, exceptions=[FOUNDING_DAY]
            ),
        )
    async with units_of_work.begin(neighbour.contact) as work:
        assert await AssignmentService(work).list() == []
        documents = (await work.session.scalars(select(ServiceCalendarVersion.document))).all()
        assert "厂庆" not in str(documents)
    async with units_of_work.begin(client.contact) as work:
        assert [each.exceptions for each in await AssignmentService(work).list()] == [[FOUNDING_DAY]]
        with pytest.raises(Forbidden):
            await AssignmentService(work).remove(client.id, 1)


async def test_two_people_cannot_assign_over_each_other(
    units_of_work: UnitOfWorkFactory, network: Network, new_partner: PartnerCompany
) -> None:
    client = await network.client(new_partner)
    default = await default_of(units_of_work, new_partner)
    wish = schemas.AssignmentUpdate(policy_id=default.policy_id, calendar_id=default.calendar_id)
    async with units_of_work.begin(new_partner.owner) as work:
        await AssignmentService(work).assign(client.id, wish)
    with pytest.raises(StaleVersion):
        async with units_of_work.begin(new_partner.owner) as work:
            await AssignmentService(work).assign(client.id, wish)


async def test_nothing_of_another_partner_can_be_named(
    runtime: Runtime, units_of_work: UnitOfWorkFactory, network: Network, new_partner: PartnerCompany
) -> None:
    other = await network.partner("广州岭南信息服务有限公司")
    await provision_for_new_partner(runtime, other.id, new_id(), {})
    theirs, ours = await default_of(units_of_work, other), await default_of(units_of_work, new_partner)
    client, stranger = await network.client(new_partner), await network.client(other)
    for client_id, policy_id, calendar_id in (
        (client.id, theirs.policy_id, ours.calendar_id),
        (client.id, ours.policy_id, theirs.calendar_id),
        (stranger.id, ours.policy_id, ours.calendar_id),
    ):
        with pytest.raises(NotFound):
            async with units_of_work.begin(new_partner.owner) as work:
                await AssignmentService(work).assign(
                    client_id, schemas.AssignmentUpdate(policy_id=policy_id, calendar_id=calendar_id)
                )
    with pytest.raises(NotFound):
        async with units_of_work.begin(new_partner.owner) as work:
            await EscalationContactService(work).write(1, [other.owner.membership_id or new_id()])


async def test_levels_reach_the_people_who_were_named(
    units_of_work: UnitOfWorkFactory, new_partner: PartnerCompany
) -> None:
    owner = new_partner.owner.membership_id
    assert owner
    async with units_of_work.begin(new_partner.owner) as work:
        levels = await EscalationContactService(work).write(3, [owner, owner])
        assert [[each.name for each in level.contacts] for level in levels] == [[], [], ["陈总"]]
        levels = await EscalationContactService(work).write(3, [])
        assert all(not level.contacts for level in levels)


async def test_the_api_speaks_documents(http: ClientFor, new_partner: PartnerCompany) -> None:
    owner = await http(new_partner.owner)
    made = await owner.post(
        "/api/v1/calendars",
        json={"name": "晚班", "calendar": {"weekly": {"friday": [{"opens": "22:00", "closes": "06:00"}]}}},
    )
    assert made.status_code == 201, made.text
    address = f"/api/v1/calendars/{made.json()['id']}"
    refused = await owner.put(address, json={"name": "晚班", "calendar": {"weekly": {}}, "version": 1})
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == ["weekly"]
    assert len((await owner.get(f"{address}/versions")).json()["items"]) == 1
    assert (await owner.get("/api/v1/sla-policies")).json()["items"][0]["policy"]["terms"][0]["priority"] == "P1"
    assert len((await owner.get("/api/v1/sla-policies/templates")).json()) == len(POLICY_TEMPLATES)
    assert (await owner.get("/api/openapi.json")).status_code == 200
    dispatcher = await http(new_partner.dispatcher)
    assert (await dispatcher.get(address)).status_code == 200
    assert (await dispatcher.put(address, json={})).status_code == 403
