"""`yinghuo init`: headquarters and its first administrator."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from app.people.identity import initialise
from app.people.identity.errors import AdministratorExists
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tenants.models import TenantProfile
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.identity.conftest import PASSWORD


@pytest.fixture
async def bare(runtime: Runtime, network: Network) -> None:
    """An installation whose administrator has not come yet."""
    from app.people.identity import Membership

    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        await work.session.execute(delete(Membership))


def api(link: str) -> str:
    return link.removeprefix("http://127.0.0.1:8000").replace("/invitations/", "/api/v1/invitation-links/")


async def test_the_newest_link_makes_the_administrator_once(
    bare: None, runtime: Runtime, http: ClientFor, clock: SettableClock
) -> None:
    older, link = await initialise(runtime), await initialise(runtime)
    visitor, late = await http(None), await http(None)
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        assert len((await work.session.scalars(select(TenantProfile))).all()) == 1

    chief = {"email": "Chief@Example.com", "display_name": "林总监", "password": PASSWORD}
    assert (await visitor.post(api(older), json=chief)).status_code == 404
    nameless = await visitor.post(api(link), json=chief | {"email": ""})
    assert nameless.json()["code"] == "email_address.invalid"
    assert (await visitor.post(api(link), json=chief)).status_code == 200
    assert (await late.post(api(link), json=chief | {"email": "late@example.com"})).status_code == 404

    opened = await visitor.post("/api/v1/sessions", json={"name": "chief@example.com", "password": PASSWORD})
    assert opened.json()["membership"]["home"] == "/hq"
    with pytest.raises(AdministratorExists):
        await initialise(runtime)


async def test_the_link_is_good_for_a_day(bare: None, runtime: Runtime, http: ClientFor, clock: SettableClock) -> None:
    link = await initialise(runtime)
    visitor = await http(None)
    clock.advance(timedelta(days=1))

    assert (await visitor.get(api(link))).status_code == 404
