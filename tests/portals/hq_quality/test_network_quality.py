"""Headquarters sees the network in numbers: on a page and through the API, and nothing but numbers."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.agreements.sla import Impact, Urgency
from app.desk.tickets import (
    Channel,
    ConfirmationService,
    ConfirmedBy,
    DeskResolution,
    TicketCreate,
    TicketCreation,
    Triage,
    TriageService,
    VisitService,
)
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from migrations.registry import mapped_classes
from tenants.partner_metrics import rebuild_quality, record_ticket
from tenants.partner_metrics.facts import FIGURE_NAMES
from tenants.partner_metrics.models import QualityRollup
from tenants.rls import CROSS_TENANT_READERS
from tests.conftest import START, ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany

pytestmark = pytest.mark.usefixtures("monday_morning")

QUALITY = "/api/v1/network/quality"
READABLE = {"tenant"} | {table for table, roles in CROSS_TENANT_READERS.items() if "network" in roles}


async def sums(runtime: Runtime, partner: PartnerCompany, month: date, **figures: int) -> None:
    """Write a month's roll-up directly, without tickets."""
    async with runtime.units_of_work.begin(partner.system) as work:
        values = dict.fromkeys(FIGURE_NAMES, 0) | figures
        work.session.add(
            QualityRollup(tenant_id=partner.id, id=work.new_id(), month=month, updated_at=work.now, **values)
        )


async def solved_late(runtime: Runtime, clock: SettableClock, client: ClientCompany) -> UUID:
    """Create a ticket that was resolved after three weeks."""
    async with runtime.units_of_work.begin(client.partner.system) as work:
        fault = TicketCreate(subject="财务室主机蓝屏", client_id=client.id, contact_name="李静")
        ticket = await TicketCreation(work).create(fault, Channel.HOT_LINE)
    clock.advance(timedelta(days=21))
    async with runtime.units_of_work.begin(client.partner.system) as work:
        triage = Triage("software", "desktop", Impact.LOW, Urgency.MEDIUM)
        await TriageService(work).triage(ticket.id, triage)
        await VisitService(work).resolve_from_desk(ticket.id, DeskResolution(work_done="重装驱动"))
        await ConfirmationService(work).confirm(ticket.id, ConfirmedBy.CALL_BACK)
        await record_ticket(work, ticket.id)
    return ticket.id


@pytest.fixture(scope="module")
async def partners(network: Network, runtime: Runtime) -> tuple[PartnerCompany, PartnerCompany]:
    good, slow = await network.partner("厦门守时科技"), await network.partner("广州慢半拍信息")
    october, november = date(2026, 10, 1), date(2026, 11, 1)
    await sums(runtime, good, october, tickets=40, resolved=40, resolution_met=36, resolution_breached=4)
    await sums(
        runtime, good, november, tickets=60, resolved=58, reopened=1, resolution_met=57, resolution_breached=1,
        rated=20, score_sum=96,
    )  # fmt: skip
    await sums(
        runtime, slow, november, tickets=20, resolved=18, reopened=6, resolution_met=9, resolution_breached=9,
        rated=10, score_sum=31,
    )  # fmt: skip
    return good, slow


async def test_the_network_in_one_month_with_outliers_first(
    network: Network, http: ClientFor, partners: tuple[PartnerCompany, PartnerCompany]
) -> None:
    good, slow = partners
    answer = await (await http(network.administrator)).get(QUALITY, params={"to": "2026-11"})
    assert answer.status_code == 200, answer.text
    quality = answer.json()
    assert quality["network"]["tickets"] == 80
    assert quality["network"]["resolution"] == {"met": 66, "breached": 10, "percent": 86.8}
    first, second = quality["partners"][:2]
    assert (first["partner"]["name"], second["partner"]["name"]) == (slow.name, good.name)
    assert {each["measure"] for each in first["concerns"]} == {"resolution", "reopened", "satisfaction"}
    assert first["measures"]["satisfaction"] == 3.1
    assert second["concerns"] == []
    assert [each["first_day"] for each in quality["trend"]][-2:] == ["2026-10-01", "2026-11-01"]
    assert [each["measures"]["tickets"] for each in quality["trend"]] == [0] * 10 + [40, 80]


async def test_one_partners_months_beside_the_network(
    network: Network, http: ClientFor, partners: tuple[PartnerCompany, PartnerCompany]
) -> None:
    good, _ = partners
    by_hq = await http(network.administrator)
    quality = (await by_hq.get(f"{QUALITY}/{good.id}")).json()
    assert [each["measures"]["tickets"] for each in quality["steps"]][-2:] == [40, 60]
    assert [each["measures"]["tickets"] for each in quality["network"]][-2:] == [40, 80]
    assert (await by_hq.get(f"{QUALITY}/{new_id()}")).status_code == 404
    assert (await by_hq.get(f"{QUALITY}/{HQ_TENANT_ID}")).status_code == 404


async def test_the_page_tells_the_same_in_words(
    network: Network, http: ClientFor, partners: tuple[PartnerCompany, PartnerCompany]
) -> None:
    good, slow = partners
    by_hq = await http(network.administrator)
    page = (await by_hq.get("/hq/quality", params={"to": "2026-11"})).text
    assert "全网 80 张服务单。按时解决 86.8%，比上月低 3.2 个百分点。1 家服务商需要留意。" in page
    assert page.index(slow.name) < page.index(good.name)
    assert "按时解决 50，全网 86.8" in page
    own = (await by_hq.get(f"/hq/quality/{slow.id}")).text
    assert slow.name in own
    assert good.name not in own


async def test_a_month_without_tickets_says_so(network: Network, http: ClientFor) -> None:
    page = await (await http(network.administrator)).get("/hq/quality", params={"to": "2026-01"})
    assert page.status_code == 200
    assert "这段时间还没有服务单。" in page.text


async def test_only_headquarters_may_look(
    network: Network, http: ClientFor, partners: tuple[PartnerCompany, PartnerCompany]
) -> None:
    client = await network.client(partners[0])
    for actor in (partners[0].owner, client.contact, (await network.device(client))[1]):
        stranger = await http(actor)
        assert (await stranger.get(QUALITY)).status_code == 403
        assert (await stranger.get(f"{QUALITY}/{partners[0].id}")).status_code == 403
        assert (await stranger.get("/hq/quality")).status_code == 403
    assert (await (await http(None)).get(QUALITY)).status_code == 401


async def test_a_ticket_becomes_a_number_and_nothing_of_it_reaches_headquarters(
    network: Network, runtime: Runtime, clock: SettableClock, http: ClientFor
) -> None:
    partner = await network.partner("泉州试用信息")
    await network.service_level(partner)
    client = await network.client(partner, "鹭岛海产贸易")
    await solved_late(runtime, clock, client)
    clock.set(START)
    by_hq = await http(network.administrator)
    told = (await by_hq.get(f"{QUALITY}/{partner.id}")).json()["steps"][-1]["measures"]
    assert told["resolution"] == {"met": 0, "breached": 1, "percent": 0.0}
    assert (await rebuild_quality(runtime, partner.slug)) == {partner.slug: 1}
    assert (await by_hq.get(f"{QUALITY}/{partner.id}")).json()["steps"][-1]["measures"] == told
    for address in (QUALITY, f"{QUALITY}/{partner.id}", "/hq", "/hq/quality", f"/hq/quality/{partner.id}"):
        answer = (await by_hq.get(address)).text
        assert not [word for word in ("蓝屏", "李静", "鹭岛海产", "重装驱动") if word in answer]


async def may_read(runtime: Runtime, table: str) -> bool:
    async with runtime.engine("network").connect() as connection:
        try:
            await connection.execute(text(f"SELECT 1 FROM {table} LIMIT 1"))
        except ProgrammingError as error:
            if "permission denied" not in str(error):
                raise
            return False
    return True


async def test_the_network_role_reads_sums_and_partners_and_no_other_table(
    runtime: Runtime, partners: tuple[PartnerCompany, PartnerCompany]
) -> None:
    tables = set(mapped_classes())
    read = {table for table in tables if await may_read(runtime, table)}
    assert (
        read
        == READABLE
        == {
            *("tenant", "quality_day", "quality_rollup", "finance_fact", "royalty_fact", "books_check", "partner"),
            "plan_subscription",
        }
    )
    assert {"ticket", "ticket_event", "ticket_note", "client", "device", "quality_fact", "employee"} <= tables - read


async def test_the_network_role_writes_nothing(runtime: Runtime) -> None:
    for statement in ("UPDATE quality_rollup SET tickets = 0", "DELETE FROM partner", "DELETE FROM tenant"):
        async with runtime.engine("network").connect() as connection:
            with pytest.raises(ProgrammingError):
                await connection.execute(text(statement))


async def test_headquarters_own_connection_sees_no_partners_rows(
    runtime: Runtime, network: Network, partners: tuple[PartnerCompany, PartnerCompany]
) -> None:
    everything: list[Any] = []
    async with runtime.units_of_work.begin(network.administrator) as work:
        for table in ("ticket", "client", "quality_fact", "quality_rollup"):
            everything += (await work.session.execute(text(f"SELECT tenant_id FROM {table}"))).all()
    assert {row.tenant_id for row in everything} <= {HQ_TENANT_ID}
    assert network.administrator != Actor.system(HQ_TENANT_ID)


async def quiet_network(network: Network, runtime: Runtime, count: int, month: date) -> list[PartnerCompany]:
    """Partners that resolve between 90 and 94 of a hundred in time."""
    made = []
    for number in range(count):
        partner = await network.partner(f"平稳 {number}")
        met = 90 + number % 5
        await sums(runtime, partner, month, tickets=100, resolution_met=met, resolution_breached=100 - met)
        made.append(partner)
    return made


async def test_ranking_by_a_measure_leaves_out_who_has_three_tickets(
    network: Network, runtime: Runtime, http: ClientFor
) -> None:
    may = date(2026, 5, 1)
    *_, best = await quiet_network(network, runtime, 5, may)
    small, terrible = await network.partner("三张单"), await network.partner("很差")
    await sums(runtime, small, may, tickets=3, resolution_met=0, resolution_breached=3)
    await sums(runtime, terrible, may, tickets=100, resolution_met=60, resolution_breached=40)
    by_hq = await http(network.administrator)
    ranked = (await by_hq.get(QUALITY, params={"to": "2026-05", "sort": "resolution"})).json()
    places = {each["partner"]["name"]: each["rank"] for each in ranked["partners"]}
    assert (places[best.name], places[terrible.name], places[small.name]) == (1, 6, None)
    assert [each["partner"]["name"] for each in ranked["partners"]][5] == terrible.name
    turned = (await by_hq.get(QUALITY, params={"to": "2026-05", "sort": "resolution", "order": "worst"})).json()
    assert turned["partners"][0]["partner"]["name"] == terrible.name
    assert {each["partner"]["name"]: each["too_few"] for each in turned["partners"]}[small.name] == ["resolution"]
    outliers = (await by_hq.get(QUALITY, params={"to": "2026-05"})).json()
    assert outliers["outliers"] == 1
    assert outliers["partners"][0]["partner"]["name"] == terrible.name
    page = (await by_hq.get("/hq/quality", params={"to": "2026-05", "sort": "resolution"})).text
    assert "只有 3 件，不参与排名" in page
    assert f"1. {best.name}" in page


async def test_quarters_are_sums_of_months_and_shares_are_of_sums(
    network: Network, runtime: Runtime, http: ClientFor
) -> None:
    partner = await network.partner("按季科技")
    await sums(runtime, partner, date(2025, 1, 1), tickets=10, resolution_met=0, resolution_breached=10)
    await sums(runtime, partner, date(2025, 3, 1), tickets=90, resolution_met=90)
    asked = {"grain": "quarter", "from": "2025-Q1", "to": "2025-Q1"}
    told = (await (await http(network.administrator)).get(f"{QUALITY}/{partner.id}", params=asked)).json()
    assert told["measures"]["resolution"] == {"met": 90, "breached": 10, "percent": 90.0}
    assert [step["first_day"] for step in told["steps"]][-2:] == ["2024-10-01", "2025-01-01"]


async def test_two_partners_stand_side_by_side(
    network: Network, http: ClientFor, partners: tuple[PartnerCompany, PartnerCompany]
) -> None:
    good, slow = partners
    by_hq = await http(network.administrator)
    asked = {"one": str(good.id), "other": str(slow.id), "to": "2026-11"}
    told = (await by_hq.get("/api/v1/network/quality-comparison", params=asked)).json()
    assert (told["one"]["measures"]["tickets"], told["other"]["measures"]["tickets"]) == (60, 20)
    page = (await by_hq.get("/hq/quality-comparison", params=asked)).text
    assert page.count("更好") == 3
    unknown = {"one": str(good.id), "other": str(new_id())}
    assert (await by_hq.get("/hq/quality-comparison", params=unknown)).status_code == 404
    assert (await by_hq.get("/hq/quality-comparison", params={"one": "x", "other": "y"})).status_code == 422
    assert (await by_hq.get("/hq/quality-comparison")).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"grain": "week"},
        {"from": "2026-11", "to": "2026-10"},
        {"from": "1990-01"},
        {"grain": "day", "from": "2026-01-01", "to": "2026-11-01"},
        {"sort": "client"},
        {"order": "none"},
        {"to": "2026-13"},
        {"to": "二〇二六"},
    ],
)
async def test_rubbish_in_the_address_is_refused(network: Network, http: ClientFor, asked: dict[str, str]) -> None:
    by_hq = await http(network.administrator)
    assert (await by_hq.get(QUALITY, params=asked)).status_code == 422
    assert (await by_hq.get("/hq/quality", params=asked)).status_code == 422


async def test_days_are_told_by_day(network: Network, runtime: Runtime, clock: SettableClock, http: ClientFor) -> None:
    partner = await network.partner("逐日信息")
    await network.service_level(partner)
    client = await network.client(partner, "集美学村")
    async with runtime.units_of_work.begin(partner.system) as work:
        fault = TicketCreate(subject="网络不通", client_id=client.id)
        ticket = await TicketCreation(work).create(fault, Channel.HOT_LINE)
        await record_ticket(work, ticket.id)
    asked = {"grain": "day", "from": "2026-11-16", "to": "2026-11-16"}
    by_hq = await http(network.administrator)
    told = (await by_hq.get(f"{QUALITY}/{partner.id}", params=asked)).json()
    assert [step["measures"]["tickets"] for step in told["steps"]] == [0] * 13 + [1]
    assert (await by_hq.get(f"/hq/quality/{partner.id}", params=asked)).status_code == 200
