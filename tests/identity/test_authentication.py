"""Who is asked how much: what is remembered of a caller is where to begin, never who they are."""

import pytest

from app.people.identity.authentication import SessionAuthenticator
from app.people.identity.caller_queries import CallerQuery
from app.people.identity.models import Membership
from app.platform.kernel.actor import Actor
from app.platform.kernel.performance import BatchLoader, PreparedStatement, Row
from app.platform.kernel.runtime import Runtime
from rbac.roles import AccessScope
from tests.factories.network import Network, PartnerCompany


class RecordingLoader(BatchLoader):
    """Notes the questions."""

    queries: list[CallerQuery]

    async def load(self, question: PreparedStatement, key: str) -> Row | None:
        self.queries.append(next(each for each in CallerQuery if each.statement is question))
        return await super().load(question, key)


@pytest.fixture
async def loader(runtime: Runtime) -> RecordingLoader:
    made = RecordingLoader(runtime.engine("signin"), runtime.clock, 1)
    made.queries = []
    return made


async def test_who_sees_the_whole_company_is_asked_for_little(
    runtime: Runtime, network: Network, partner: PartnerCompany, loader: RecordingLoader
) -> None:
    known = SessionAuthenticator(loader, runtime.clock)
    token = await network.token(partner.dispatcher)
    assert [(await known.authenticate(token, "zh-CN")).clients for _ in range(2)] == [None, None]
    assert loader.queries == [CallerQuery.ANYBODY, CallerQuery.ANYBODY]
    await loader.close()


async def test_who_is_held_to_clients_is_asked_for_all_from_the_second_time_on(
    runtime: Runtime, network: Network, partner: PartnerCompany, loader: RecordingLoader
) -> None:
    known = SessionAuthenticator(loader, runtime.clock)
    token = await network.token(await network.member(partner.id, "张工", ["engineer"]))
    assert [(await known.authenticate(token, "zh-CN")).clients for _ in range(2)] == [frozenset(), frozenset()]
    assert loader.queries == [CallerQuery.ANYBODY, CallerQuery.MEMBER, CallerQuery.MEMBER]
    await loader.close()


async def test_a_client_s_employee_is_asked_for_as_one(
    runtime: Runtime, network: Network, partner: PartnerCompany, loader: RecordingLoader
) -> None:
    known = SessionAuthenticator(loader, runtime.clock)
    _, employee = await network.device(await network.client(partner))
    token = await network.token(employee)
    names = {(await known.authenticate(token, "zh-CN")).display_name for _ in range(2)}
    assert names == {employee.display_name}
    assert loader.queries == [CallerQuery.ANYBODY, CallerQuery.REPORTER, CallerQuery.REPORTER]
    await loader.close()


async def test_reach_that_changes_holds_from_the_very_next_request(
    runtime: Runtime, network: Network, partner: PartnerCompany, loader: RecordingLoader
) -> None:
    known = SessionAuthenticator(loader, runtime.clock)
    member = await network.member(partner.id, "林主管", ["dispatcher"])
    token = await network.token(member)
    seen = []
    for access_scope in (AccessScope.BY_ROLE, AccessScope.ASSIGNED, AccessScope.COMPANY):
        async with runtime.units_of_work.begin(Actor.system(partner.id)) as work:
            found = await work.session.get_one(Membership, (partner.id, member.membership_id))
            found.access_scope = access_scope
        seen.append((await known.authenticate(token, "zh-CN")).clients)
    assert seen == [None, frozenset(), None]
    await loader.close()


async def test_a_second_factor_is_asked_for_where_it_is_needed(
    runtime: Runtime, network: Network, partner: PartnerCompany, loader: RecordingLoader
) -> None:
    known = SessionAuthenticator(loader, runtime.clock, second_factor_required=True)
    owner = await known.authenticate(await network.token(partner.owner), "zh-CN")
    assert owner.second_factor_due
    assert not owner.permissions
    assert loader.queries == [CallerQuery.ANYBODY, CallerQuery.MEMBER]
    await loader.close()
