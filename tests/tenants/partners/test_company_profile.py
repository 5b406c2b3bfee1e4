"""A partner's owner keeps hot-line, city, zone and silence rule; headquarters' listing and the profile follow."""

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tenants.models import TenantProfile
from tenants.partners.lifecycle import PartnerState
from tenants.partners.models import Partner
from tests.conftest import ClientFor
from tests.factories.background import run_due_work
from tests.factories.network import Network, PartnerCompany

COMPANY = "/api/v1/company"
PAGE = "/workspace/company"


async def list_it(units_of_work: UnitOfWorkFactory, partner: PartnerCompany, hotline: str) -> None:
    """Headquarters' row of the partner."""
    async with units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        work.session.add(
            Partner(
                tenant_id=HQ_TENANT_ID,
                id=partner.id,
                slug=partner.slug,
                name=partner.name,
                credit_code=f"91350200{partner.id.hex[-10:].upper()}",
                state=PartnerState.ACTIVE,
                star_level=3,
                city_code="350200",
                hotline=hotline,
                introduction="",
                authorised_at=work.now,
            )
        )


async def test_the_owner_changes_the_profile_and_the_directory_follows(
    http: ClientFor, runtime: Runtime, network: Network
) -> None:
    partner = await network.partner()
    await list_it(runtime.units_of_work, partner, "")
    owner, visitor = await http(partner.owner), await http(None)
    names = [entry["slug"] for entry in (await visitor.get("/api/v1/directory")).json()["items"]]
    assert partner.slug not in names, "who cannot be called is not listed"
    read = (await owner.get(COMPANY)).json()
    change = {"version": read["version"], "hotline": "0592-5550000", "city_code": "350600", "auto_close_days": 5}
    changed = await owner.patch(COMPANY, json=change)
    assert changed.status_code == 200, changed.text
    assert (changed.json()["hotline"], changed.json()["auto_close_days"]) == ("0592-5550000", 5)
    assert (await owner.patch(COMPANY, json=change)).status_code == 409, "somebody else was faster"
    await run_due_work(runtime)
    listed = {entry["slug"]: entry for entry in (await visitor.get("/api/v1/directory")).json()["items"]}
    assert (listed[partner.slug]["hotline"], listed[partner.slug]["city_code"]) == ("0592-5550000", "350600")


async def test_headquarters_changes_the_hot_line_and_the_profile_follows(
    http: ClientFor, runtime: Runtime, network: Network
) -> None:
    partner = await network.partner()
    await list_it(runtime.units_of_work, partner, "0592-5551234")
    hq = await http(network.administrator)
    changed = await hq.patch(f"/api/v1/partners/{partner.id}", json={"version": 1, "hotline": "400-800-1234"})
    assert changed.status_code == 200, changed.text
    await run_due_work(runtime)
    async with runtime.units_of_work.begin(partner.system) as work:
        profile = await work.session.get_one(TenantProfile, (partner.id, partner.id))
        assert profile.hotline == changed.json()["hotline"]


async def test_what_no_profile_may_say_is_told_beside_each_field(http: ClientFor, network: Network) -> None:
    partner = await network.partner()
    owner = await http(partner.owner)
    wrong = {"hotline": "ask us", "city_code": "999999", "time_zone": "Asia/Xiamen", "auto_close_days": 0}
    refused = await owner.patch(COMPANY, json={"version": 1, **wrong})
    assert (refused.status_code, {each["field"] for each in refused.json()["errors"]}) == (422, set(wrong))
    form = {**wrong, "version": "1", "auto_close_days": "soon"}
    drawn = await owner.post(PAGE, data=form)
    assert drawn.status_code == 422
    assert 'value="ask us"' in drawn.text
    assert "请填写 1 到 30 个工作日" in drawn.text
    saved = await owner.post(
        PAGE,
        data={"version": "1", "hotline": "", "city_code": "", "time_zone": "Asia/Urumqi", "auto_close_days": "2"},
    )
    assert saved.status_code == 303, saved.text
    page = (await owner.get(PAGE)).text
    assert 'value="Asia/Urumqi"' in page
    assert "还没有服务热线" in page


async def test_only_the_owner_changes_it(http: ClientFor, network: Network) -> None:
    partner = await network.partner()
    dispatcher = await http(partner.dispatcher)
    assert (await dispatcher.get(PAGE)).status_code == 403
    assert (await dispatcher.patch(COMPANY, json={"version": 1, "auto_close_days": 1})).status_code == 403
    headquarters = await http(network.administrator)
    assert (await headquarters.get(COMPANY)).json()["slug"] == "headquarters", "headquarters has a profile of its own"
