"""A partner sets up a client company; nobody else's is touched or seen."""

from typing import Any

import pytest
from sqlalchemy import select

from app.assets.clients import (
    ClientService,
    DepartmentService,
    EmployeeService,
    EngagementModel,
    RecordState,
    SiteService,
    schemas,
)
from app.assets.clients.errors import ClientInactive, ClientRecordInvalid, CodeTaken, NameTaken
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.errors import Forbidden, NotFound, StaleVersion
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany

JIANFA = schemas.ClientCreate(
    name="厦门建发集团有限公司",
    code="Jianfa",
    short_name="建发",
    industry="批发和零售业",
    city_code="350200",
    engagement_models=[EngagementModel.RETAINER, EngagementModel.STATIONED],
)


@pytest.fixture
async def school(network: Network, partner: PartnerCompany) -> ClientCompany:
    return await network.client(partner, "厦门第九中学")


@pytest.fixture
async def foreign(network: Network) -> ClientCompany:
    return await network.client(await network.partner("广州岭南信息服务有限公司"), "广州天河商贸")


async def test_a_client_is_set_up_told_and_audited(units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> None:
    async with units_of_work.begin(partner.owner) as work:
        made = await ClientService(work).create(JIANFA)
    assert (made.code, made.state, made.version) == ("jianfa", RecordState.ACTIVE, 1)
    assert made.engagement_models == [EngagementModel.RETAINER, EngagementModel.STATIONED]
    async with units_of_work.begin(partner.system) as work:
        told = (await work.session.execute(select(OutboxEvent.topic, OutboxEvent.payload))).all()
        noted = (await work.session.execute(select(AuditEntry.action).where(AuditEntry.record_id == made.id))).scalars()
        assert ("client.created", {"client_id": str(made.id)}) in [tuple(row) for row in told]
        assert list(noted) == ["client.created"]


async def test_everything_wrong_is_told_at_once(units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> None:
    wrong = schemas.ClientCreate(name=" ", code="建发", city_code="999999", time_zone="Mars", short_name="长" * 41)
    with pytest.raises(ClientRecordInvalid) as refused:
        async with units_of_work.begin(partner.owner) as work:
            await ClientService(work).create(wrong)
    assert set(refused.value.fields) == {"name", "code", "city_code", "time_zone", "short_name"}


async def test_a_portal_address_belongs_to_one_client_of_a_partner(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, foreign: ClientCompany
) -> None:
    data = schemas.ClientCreate(name="翔安一中", code="xiangan")
    async with units_of_work.begin(partner.owner) as work:
        await ClientService(work).create(data)
    with pytest.raises(CodeTaken):
        async with units_of_work.begin(partner.owner) as work:
            await ClientService(work).create(data)
    async with units_of_work.begin(foreign.partner.owner) as work:
        assert (await ClientService(work).create(data)).code == "xiangan"


async def test_the_slower_of_two_changes_is_refused(units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> None:
    async with units_of_work.begin(partner.owner) as work:
        made = await ClientService(work).create(schemas.ClientCreate(name="海沧模具", code="haicang"))
    change = schemas.ClientUpdate(name="海沧精密模具", code="haicang", version=made.version)
    async with units_of_work.begin(partner.owner) as work:
        changed = await ClientService(work).update(made.id, change)
    assert (changed.name, changed.version) == ("海沧精密模具", 2)
    with pytest.raises(StaleVersion):
        async with units_of_work.begin(partner.owner) as work:
            await ClientService(work).update(made.id, change)


async def test_a_client_out_of_use_keeps_its_records_and_takes_no_new_ones(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany
) -> None:
    async with units_of_work.begin(partner.owner) as work:
        made = await ClientService(work).create(schemas.ClientCreate(name="旧客户", code="old"))
        site = await SiteService(work).create(made.id, schemas.SiteCreate(name="仓库"))
    async with units_of_work.begin(partner.owner) as work:
        stopped = await ClientService(work).change_state(
            made.id, schemas.StateChange(RecordState.INACTIVE, made.version)
        )
    assert stopped.state is RecordState.INACTIVE
    async with units_of_work.begin(partner.owner) as work:
        assert [each.id for each in await SiteService(work).list(made.id)] == [site.id]
        listed = await ClientService(work).list(schemas.ClientFilter(text="旧客户"))
        assert listed == []
        with pytest.raises(ClientInactive):
            await SiteService(work).create(made.id, schemas.SiteCreate(name="新仓库"))


async def test_clients_are_found_and_counted(units_of_work: UnitOfWorkFactory, foreign: ClientCompany) -> None:
    async with units_of_work.begin(foreign.partner.owner) as work:
        service = ClientService(work)
        for code, industry, city in (("a1", "教育", "440100"), ("a2", "教育", "440100"), ("a3", "金融业", "440300")):
            await service.create(schemas.ClientCreate(name=f"客户{code}", code=code, industry=industry, city_code=city))
        spread = await service.distribution()
        assert (spread.industries[0].value, spread.industries[0].clients) in {("教育", 2), ("", 2)}
        assert {share.value: share.clients for share in spread.cities}["440300"] == 1
        assert [each.code for each in await service.list(schemas.ClientFilter(text="A2"))] == ["a2"]
        assert [each.code for each in await service.list(schemas.ClientFilter(industry="金融业"))] == ["a3"]


async def test_departments_have_one_name_within_a_client(
    units_of_work: UnitOfWorkFactory, school: ClientCompany
) -> None:
    owner = school.partner.owner
    async with units_of_work.begin(owner) as work:
        added = await DepartmentService(work).create(
            school.id, schemas.DepartmentCreate(name="教务处", cost_centre="J-01")
        )
    with pytest.raises(NameTaken):
        async with units_of_work.begin(owner) as work:
            await DepartmentService(work).create(school.id, schemas.DepartmentCreate(name="教务处"))
    with pytest.raises(StaleVersion):
        async with units_of_work.begin(owner) as work:
            await DepartmentService(work).update(school.id, added.id, schemas.DepartmentUpdate(name="教务", version=9))


async def test_an_employee_is_found_by_name_phone_and_number(
    units_of_work: UnitOfWorkFactory, school: ClientCompany
) -> None:
    owner = school.partner.owner
    async with units_of_work.begin(owner) as work:
        service = EmployeeService(work)
        made = await service.create(
            school.id,
            schemas.EmployeeCreate(
                name="欧阳小兰",
                employee_number="t-017",
                phone="+86 138 0013 8000",
                site_id=school.site_id,
                department_id=school.department_id,
                vip=True,
            ),
        )
        assert (made.employee_number, made.phone) == ("T-017", "13800138000")
        for words in ("欧阳", "小兰", "阳", "138-0013-8000", "+86 138 0013 8000", "8000", "T-017", "t-01", "兰 017"):
            assert [each.id for each in await service.search(words)] == [made.id], words
        assert await service.search("小红") == []
        assert await service.search("  ") == []
        assert await service.search("欧阳", client_id=new_id()) == []


async def test_an_employee_who_leaves_is_told_to_others(
    units_of_work: UnitOfWorkFactory, school: ClientCompany
) -> None:
    async with units_of_work.begin(school.partner.owner) as work:
        service = EmployeeService(work)
        made = await service.create(school.id, schemas.EmployeeCreate(name="林立"))
        gone = await service.change_state(school.id, made.id, schemas.StateChange(RecordState.INACTIVE, made.version))
        assert gone.version == 2
        assert await service.search("林立") == []
    async with units_of_work.begin(school.partner.system) as work:
        topics = (
            await work.session.execute(select(OutboxEvent.payload).where(OutboxEvent.topic == "employee.state_changed"))
        ).scalars()
        assert [payload["employee_id"] for payload in topics] == [str(made.id)]


async def test_records_of_another_client_cannot_be_named(
    units_of_work: UnitOfWorkFactory, network: Network, school: ClientCompany
) -> None:
    other = await network.client(school.partner, "集美光电")
    with pytest.raises(ClientRecordInvalid) as refused:
        async with units_of_work.begin(school.partner.owner) as work:
            await EmployeeService(work).create(school.id, schemas.EmployeeCreate(name="陈明", site_id=other.site_id))
    assert set(refused.value.fields) == {"site_id"}
    async with units_of_work.begin(school.partner.owner) as work:
        with pytest.raises(NotFound):
            await SiteService(work).get(school.id, other.site_id)


async def test_a_clients_own_people_read_their_company_and_no_other(
    units_of_work: UnitOfWorkFactory, network: Network, school: ClientCompany, foreign: ClientCompany
) -> None:
    neighbour = await network.client(school.partner, "同安古厝")
    async with units_of_work.begin(school.contact) as work:
        service = ClientService(work)
        assert [each.id for each in await service.list(schemas.ClientFilter())] == [school.id]
        assert (await service.get(school.id)).name == school.name
        for stranger in (neighbour, foreign):
            with pytest.raises(NotFound):
                await service.get(stranger.id)
            with pytest.raises(NotFound):
                await SiteService(work).list(stranger.id)
        with pytest.raises(Forbidden):
            await service.create(JIANFA)


async def test_a_partner_gets_no_answer_about_another_partners_client(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, foreign: ClientCompany
) -> None:
    for attempt in (
        lambda work: ClientService(work).get(foreign.id),
        lambda work: ClientService(work).update(foreign.id, schemas.ClientUpdate(name="x", code="xx", version=1)),
        lambda work: SiteService(work).create(foreign.id, schemas.SiteCreate(name="x")),
        lambda work: SiteService(work).update(foreign.id, foreign.site_id, schemas.SiteUpdate(name="x", version=1)),
    ):
        with pytest.raises(NotFound):
            async with units_of_work.begin(partner.owner) as work:
                await attempt(work)


async def test_the_api_pages_and_keeps_the_rules(
    http: ClientFor, partner: PartnerCompany, foreign: ClientCompany
) -> None:
    owner = await http(partner.owner)
    body: dict[str, Any] = {"name": "接口客户", "code": "by-api", "engagement_models": ["per_device"]}
    key = {"idempotency-key": "client-by-api-1"}
    made = await owner.post("/api/v1/clients", json=body, headers=key)
    assert made.status_code == 201, made.text
    again = await owner.post("/api/v1/clients", json=body, headers=key)
    assert again.json()["id"] == made.json()["id"]
    address = f"/api/v1/clients/{made.json()['id']}"
    for number in range(3):
        added = await owner.post(f"{address}/employees", json={"name": f"员工{number}"})
        assert added.status_code == 201, added.text
    first = (await owner.get(f"{address}/employees", params={"limit": 2})).json()
    second = (await owner.get(f"{address}/employees", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [each["name"] for each in first["items"] + second["items"]] == ["员工0", "员工1", "员工2"]
    assert second["next_cursor"] is None
    refused = await owner.post(f"{address}/sites", json={"name": "总部", "phone": "abc"})
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == ["phone"]
    unseen = await owner.post(f"{address}/sites", json={"name": "\u200b\u202e"})
    assert (unseen.status_code, [each["field"] for each in unseen.json()["errors"]]) == (422, ["name"])
    lines = await owner.post(f"{address}/sites", json={"name": "总部\r\n\u202e二楼"})
    assert lines.json()["name"] == "总部 二楼"
    stale = await owner.post(f"{address}/state", json={"state": "inactive", "version": 7})
    assert (stale.status_code, stale.json()["code"]) == (409, "request.stale_version")
    assert (await owner.get(f"/api/v1/clients/{foreign.id}")).status_code == 404
    dispatcher = await http(partner.dispatcher)
    assert (await dispatcher.post("/api/v1/clients", json=body)).status_code == 403
    assert (await (await http(None)).get("/api/v1/clients")).status_code == 401
