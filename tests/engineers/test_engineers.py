"""Members with an engineer's role become engineers; the company grades them."""

import pytest
from sqlalchemy import update

from app.desk.engineers import EngineerLevel, EngineerService, EngineerState, EngineerUpdate, SkillGrade
from app.desk.engineers.errors import ProfileInvalid
from app.desk.engineers.tasks import member_changed, member_joined
from app.people.identity import Membership
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import Forbidden, NotFound, StaleVersion
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tests.conftest import ClientFor
from tests.factories.network import Network, PartnerCompany


async def join(runtime: Runtime, network: Network, partner: PartnerCompany, name: str, roles: list[str]) -> Actor:
    member = await network.member(partner.id, name, roles)
    await member_joined(runtime, partner.id, new_id(), {"membership_id": str(member.membership_id), "roles": roles})
    return member


async def test_engineers_and_team_leaders_become_engineers_and_nobody_else(
    runtime: Runtime, units_of_work: UnitOfWorkFactory, network: Network, partner: PartnerCompany
) -> None:
    engineer = await join(runtime, network, partner, "陈嘉木", ["engineer"])
    leader = await join(runtime, network, partner, "林晓彤", ["team_leader"])
    await join(runtime, network, partner, "苏敏", ["dispatcher"])
    async with units_of_work.begin(partner.dispatcher) as work:
        found = await EngineerService(work).list()
    assert {(each.id, each.level) for each in found} == {
        (engineer.membership_id, EngineerLevel.JUNIOR),
        (leader.membership_id, EngineerLevel.JUNIOR),
    }


async def test_a_suspended_engineer_gets_no_work_and_comes_back_with_the_same_skills(
    runtime: Runtime, units_of_work: UnitOfWorkFactory, network: Network, partner: PartnerCompany
) -> None:
    member = await join(runtime, network, partner, "王志远", ["engineer"])
    assert member.membership_id
    skilled = EngineerUpdate(level=EngineerLevel.SENIOR, version=1, skills={"network": SkillGrade.MASTERS})
    async with units_of_work.begin(partner.owner) as work:
        await EngineerService(work).update(member.membership_id, skilled)
    for state, expected in (("suspended", EngineerState.INACTIVE), ("active", EngineerState.ACTIVE)):
        async with units_of_work.begin(partner.system) as work:
            await work.session.execute(
                update(Membership).where(Membership.id == member.membership_id).values(state=state)
            )
        await member_changed(runtime, partner.id, new_id(), {"membership_id": str(member.membership_id)})
        async with units_of_work.begin(partner.owner) as work:
            found = await EngineerService(work).get(member.membership_id)
        assert (found.state, found.level, found.skills) == (
            expected,
            EngineerLevel.SENIOR,
            {"network": SkillGrade.MASTERS},
        )


async def test_a_profile_is_changed_once_per_version_and_checked(
    runtime: Runtime, units_of_work: UnitOfWorkFactory, network: Network, partner: PartnerCompany
) -> None:
    member = await join(runtime, network, partner, "郑航", ["engineer"])
    assert member.membership_id
    wrong = EngineerUpdate(level=EngineerLevel.MIDDLE, version=1, phone="12", skills={"rockets": SkillGrade.KNOWS})
    with pytest.raises(ProfileInvalid) as refused:
        async with units_of_work.begin(partner.owner) as work:
            await EngineerService(work).update(member.membership_id, wrong)
    assert set(refused.value.fields) == {"phone", "skills"}
    right = EngineerUpdate(level=EngineerLevel.MIDDLE, version=1, phone="138 0013 8000")
    async with units_of_work.begin(partner.owner) as work:
        assert (await EngineerService(work).update(member.membership_id, right)).phone == "13800138000"
    with pytest.raises(StaleVersion):
        async with units_of_work.begin(partner.owner) as work:
            await EngineerService(work).update(member.membership_id, right)
    with pytest.raises(Forbidden):
        async with units_of_work.begin(partner.dispatcher) as work:
            await EngineerService(work).update(member.membership_id, right)


async def test_clients_know_the_engineer_and_not_the_skills(
    runtime: Runtime, units_of_work: UnitOfWorkFactory, network: Network, partner: PartnerCompany
) -> None:
    member = await join(runtime, network, partner, "吴凡", ["engineer"])
    assert member.membership_id
    async with units_of_work.begin(partner.owner) as work:
        await EngineerService(work).update(
            member.membership_id,
            EngineerUpdate(level=EngineerLevel.MIDDLE, version=1, skills={"laptop": SkillGrade.MASTERS}),
        )
    client = await network.client(partner)
    async with units_of_work.begin(client.contact) as work:
        seen = await EngineerService(work).get(member.membership_id)
    assert (seen.display_name, seen.skills) == ("吴凡", {})


async def test_engineers_of_another_partner_are_not_there(
    runtime: Runtime, units_of_work: UnitOfWorkFactory, network: Network, partner: PartnerCompany, http: ClientFor
) -> None:
    member = await join(runtime, network, partner, "何为", ["engineer"])
    other = await network.partner("广州岭南信息服务有限公司")
    async with units_of_work.begin(other.owner) as work:
        with pytest.raises(NotFound):
            await EngineerService(work).get(member.membership_id or new_id())
    answer = await (await http(other.owner)).get("/api/v1/engineers")
    assert answer.json() == {"items": [], "next_cursor": None}
