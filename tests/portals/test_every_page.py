"""Every page of every role fits its reader: nothing sticks out at a desk or on a phone, no words are broken into a
narrow column, and axe finds nothing. Pictures of all of them are kept in build/screenshots/pages."""

from typing import NamedTuple

import httpx
import pytest
from litestar import Litestar
from playwright.async_api import Browser
from sqlalchemy import update

from app.assets.clients.models import Client
from app.demo.network import fill
from app.demo.onboarding import Partner
from app.demo.sample_data import PARTNERS
from app.demo.simulation import Simulation
from app.platform.http.authentication import REPORTER_COOKIE, SESSION_COOKIE
from app.platform.kernel.actor import HQ_TENANT_ID, Actor, ActorKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.worker import all_consumers, all_sweeps
from rbac import roles_of
from tests.browser.onboarding_steps import LONG_NAME
from tests.browser.page_walk import Fault, Kinds, walker
from tests.demo.every_page import roles_of as people_of
from tests.demo.every_page import sign_in
from tests.factories.network import Network

pytestmark = pytest.mark.browser

DAYS, TICKETS = 3, 12
HOMES = {
    "headquarters": ["/hq"],
    "partner": ["/workspace", "/field"],
    "client": ["/portal"],
    "employee": ["/r"],
    "visitor": ["/", "/partners", "/join", "/sign-in"],
}
"""Whose pages → where each of them begins, whoever was there before."""
KINDS = {"headquarters": ActorKind.HQ, "partner": ActorKind.PROVIDER, "client": ActorKind.CLIENT}


class FilledNetwork(NamedTuple):
    """A partner's few days."""

    partner: Partner
    administrator: str
    """Headquarters' administrator, by e-mail address."""


@pytest.fixture(scope="module")
async def filled(runtime: Runtime, machine_time: SettableClock) -> FilledNetwork:
    simulation = Simulation(runtime, machine_time, all_consumers(), all_sweeps())
    administrator, (partner,) = await fill(simulation, machine_time.now(), PARTNERS[:1], DAYS, TICKETS)
    async with runtime.units_of_work.begin(Actor.system(partner.id)) as work:
        await work.session.execute(update(Client).where(Client.id == partner.clients[0].id).values(name=LONG_NAME))
    return FilledNetwork(partner, administrator)


async def cookies_of(whose: str, filled: FilledNetwork, runtime: Runtime, site: str) -> dict[str, dict[str, str]]:
    """Everybody of these, by role: first the people of the demo, who have work before them, the one who may most in
    front; then somebody of every other role. Each opens the own home and what nobody has opened yet."""
    signed_in = {}
    for person in people_of(filled.administrator, filled.partner):
        async with httpx.AsyncClient(base_url=site, trust_env=False) as caller:
            signed_in[person.name] = await sign_in(caller, person)
    if whose == "visitor":
        return {"visitor": {}}
    if whose == "employee":
        return {"employee": {REPORTER_COOKIE: signed_in["employee"]}}
    known = {
        "hq_administrator": signed_in["headquarters"],
        "partner_owner": signed_in["owner"],
        "dispatcher": signed_in["dispatcher"],
        "engineer": signed_in["engineer"],
        "client_administrator": signed_in["client"],
    }
    network, kind = Network(runtime), KINDS[whose]
    roles = roles_of(kind)
    tenant_id = HQ_TENANT_ID if kind is ActorKind.HQ else filled.partner.id
    client_id = filled.partner.clients[0].id if kind is ActorKind.CLIENT else None
    for role in roles:
        if role not in known:
            known[role] = await network.token(await network.member(tenant_id, "许新来", [role], client_id))
    return {role: {SESSION_COOKIE: token} for role, token in known.items() if role in roles}


@pytest.mark.parametrize("whose", HOMES)
@pytest.mark.slow(120, "every page in two sizes, with axe and a picture")
async def test_every_page_fits_its_reader(
    whose: str, browser: Browser, address: str, filled: FilledNetwork, application: Litestar, runtime: Runtime
) -> None:
    kinds, seen, faults = Kinds(application), set[str](), list[Fault]()
    starts = [*HOMES[whose], "/account", "/notifications"]
    if whose == "visitor":
        starts += [filled.partner.clients[0].portal]
    else:
        starts += [page for home in HOMES[whose] for page in kinds.below(home)]
    for role, cookies in (await cookies_of(whose, filled, runtime, address)).items():
        seen.difference_update(HOMES[whose])
        async with walker(browser, address, role, cookies, kinds, seen) as somebody:
            await somebody.walk(*starts)
        faults += somebody.faults
    assert len(seen) > 1, "the walk did not begin"
    assert not faults, f"{len(faults)} faults on {len(seen)} pages:\n" + "\n".join(map(str, faults))
