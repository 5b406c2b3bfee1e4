"""A client's company is forgotten on request once nothing of it is open; what the law has kept stays (PIPL)."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg
import httpx
import pytest
from sqlalchemy import select, update

from app.assets.clients.models import Client, Contact, Employee, Site
from app.data_exchange.personal_data.commands import erase_client_now
from app.data_exchange.personal_data.services.company_erasure import pseudonym_of_client
from app.data_exchange.personal_data.tasks import erase_companies
from app.desk.tickets.models import Ticket
from app.platform.kernel.areas import gathered
from app.platform.kernel.errors import Conflict
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.runtime import Runtime
from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany
from tests.personal_data.test_requests import every_table

COMPANY, SHORT = "厦门第八中学校办工厂有限公司", "八中校办厂"
ADDRESS, CONTACT, PHONE = "厦门市思明区某某路 88 号", "诸葛建国", "0592-7788990"
HOLDER, MEMBER = "欧阳静雯", "司马主任"
WANTED = {"reason": "合同终止，11 月 3 日书面申请", "short_name": SHORT}


@dataclass
class Leaving:
    """A client whose time with the partner ends."""

    partner: PartnerCompany
    client: ClientCompany
    ticket_id: str
    owner: httpx.AsyncClient
    member: httpx.AsyncClient
    runtime: Runtime

    @property
    def path(self) -> str:
        return f"/api/v1/clients/{self.client.id}/erasure"

    async def close_ticket(self) -> None:
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            await work.session.execute(update(Ticket).where(Ticket.id == UUID(self.ticket_id)).values(state="closed"))

    async def run(self) -> None:
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            due = await work.session.scalars(select(DueEntry.subject_id).where(DueEntry.kind == DueKind.CLIENT_ERASURE))
            subjects = list(due)
        await erase_companies(self.runtime, self.partner.id, subjects)


@pytest.fixture
async def leaving(network: Network, http: ClientFor, runtime: Runtime) -> Leaving:
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    device_id, reporter = await network.device(client, holder=HOLDER)
    person = await network.member(partner.id, MEMBER, ["client_contact"], client.id)
    async with runtime.units_of_work.begin(partner.system) as work:
        await work.session.execute(
            update(Client).where(Client.id == client.id).values(name=COMPANY, short_name=SHORT, remark="老客户")
        )
        work.session.add(
            Site(tenant_id=partner.id, id=work.new_id(), client_id=client.id, name="老校区", address=ADDRESS)
        )
        work.session.add(
            Contact(tenant_id=partner.id, id=work.new_id(), client_id=client.id, name=CONTACT, phone=PHONE)
        )
    at_work = await http(reporter)
    fault = {"subject": f"{SHORT}的打印机坏了", "device_id": str(device_id), "description": f"请打 {PHONE} 找{CONTACT}"}
    ticket = (await at_work.post("/api/v1/tickets", json=fault)).json()["id"]
    owner = await http(partner.owner)
    await owner.post(f"/api/v1/tickets/{ticket}/notes", json={"text": f"{COMPANY}的{CONTACT}很着急，{ADDRESS}"})
    return Leaving(partner, client, ticket, owner, await http(person), runtime)


async def test_what_is_open_is_named_and_nothing_is_lost(leaving: Leaving) -> None:
    refused = await leaving.owner.post(leaving.path, json=WANTED)
    assert (refused.status_code, refused.json()["code"]) == (409, "client.open_matters")
    assert "没有关闭的服务单 1" in refused.json()["title"]
    assert [each["field"] for each in refused.json()["errors"]] == ["ticket"]
    standing = (await leaving.owner.get(leaving.path)).json()
    assert [(each["record"], each["count"]) for each in standing["open_matters"]] == [("ticket", 1)]
    assert standing["requests"] == []
    client = (await leaving.owner.get(f"/api/v1/clients/{leaving.client.id}")).json()
    assert (client["name"], client["state"], client["erased_at"]) == (COMPANY, "active", None)


async def test_the_company_is_forgotten_and_what_was_done_stays(
    leaving: Leaving, superuser: asyncpg.Connection
) -> None:
    await leaving.close_ticket()
    asked = await leaving.owner.post(leaving.path, json=WANTED)
    assert asked.status_code == 202, asked.text
    await leaving.run()
    client = (await leaving.owner.get(f"/api/v1/clients/{leaving.client.id}")).json()
    assert client["name"] == client["short_name"] == pseudonym_of_client(leaving.client.id)
    ticket = (await leaving.owner.get(f"/api/v1/tickets/{leaving.ticket_id}")).json()
    assert ticket["subject"] == f"{pseudonym_of_client(leaving.client.id)}的打印机坏了"
    for table in set(await every_table(superuser)) - gathered("kept_of_client").keys() - {"client_erasure"}:
        for old in (COMPANY, SHORT, ADDRESS, CONTACT, PHONE, HOLDER, MEMBER):
            left_over = await superuser.fetchval(
                f'SELECT count(*) FROM "{table}" t WHERE tenant_id = $1 AND t::text LIKE $2',
                leaving.partner.id,
                f"%{old}%",
            )
            assert left_over == 0, f"{old} is still in {table}"
    (done,) = (await leaving.owner.get(leaving.path)).json()["requests"]
    assert (done["state"], done["result"]["people"]) == ("done", 1)
    assert done["result"]["changed"]["client"] == 1
    assert "invoice_document" in done["result"]["kept"]


async def test_who_belonged_to_it_alone_has_no_account_any_more(
    leaving: Leaving, superuser: asyncpg.Connection
) -> None:
    await leaving.close_ticket()
    accounts = await superuser.fetch(
        "SELECT account_id FROM membership WHERE tenant_id = $1 AND client_id = $2",
        leaving.partner.id,
        leaving.client.id,
    )
    assert accounts
    await leaving.owner.post(leaving.path, json=WANTED)
    assert (await leaving.member.get("/api/v1/tickets")).status_code == 401, "already while it waits"
    await leaving.run()
    left = await superuser.fetchval("SELECT count(*) FROM account WHERE id = ANY($1)", [row[0] for row in accounts])
    assert left == 0


async def test_what_begins_meanwhile_stops_it(leaving: Leaving) -> None:
    await leaving.close_ticket()
    await leaving.owner.post(leaving.path, json=WANTED)
    async with leaving.runtime.units_of_work.begin(leaving.partner.system) as work:
        await work.session.execute(
            update(Ticket).where(Ticket.id == UUID(leaving.ticket_id)).values(state="in_progress")
        )
    await leaving.run()
    (stopped,) = (await leaving.owner.get(leaving.path)).json()["requests"]
    assert stopped["state"] == "refused"
    assert stopped["result"]["open"] == {"没有关闭的服务单": 1}
    client = (await leaving.owner.get(f"/api/v1/clients/{leaving.client.id}")).json()
    assert (client["name"], client["erased_at"]) == (COMPANY, None)


async def test_doing_it_again_changes_nothing_and_nothing_is_begun_again(leaving: Leaving) -> None:
    await leaving.close_ticket()
    await leaving.owner.post(leaving.path, json=WANTED)
    again = await leaving.owner.post(leaving.path, json=WANTED)
    assert again.json()["code"] == "client.erasure_under_way"
    await leaving.run()
    before = (await leaving.owner.get(leaving.path)).json()
    await erase_companies(leaving.runtime, leaving.partner.id, [UUID(before["requests"][0]["id"])])
    assert (await leaving.owner.get(leaving.path)).json() == before
    assert (await leaving.owner.post(leaving.path, json=WANTED)).json()["code"] == "client.erased"
    client = (await leaving.owner.get(f"/api/v1/clients/{leaving.client.id}")).json()
    back = {"state": "active", "version": client["version"]}
    refused = await leaving.owner.post(f"/api/v1/clients/{leaving.client.id}/state", json=back)
    assert (refused.status_code, refused.json()["code"]) == (409, "client.erased")


async def test_only_the_owner_asks_with_a_reason_and_the_right_name(leaving: Leaving, http: ClientFor) -> None:
    dispatcher = await http(leaving.partner.dispatcher)
    assert (await dispatcher.post(leaving.path, json=WANTED)).status_code == 403
    assert (await leaving.member.get(leaving.path)).status_code == 403
    await leaving.close_ticket()
    wrong = await leaving.owner.post(leaving.path, json={**WANTED, "short_name": "八中"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "client.name_differs")
    assert (await leaving.owner.post(leaving.path, json={**WANTED, "reason": " "})).status_code == 422


async def test_the_same_on_pages(leaving: Leaving) -> None:
    page = f"/workspace/clients/{leaving.client.id}/erasure"
    shown = (await leaving.owner.get(page)).text
    assert "没有关闭的服务单" in shown
    assert f"/workspace/tickets?client={leaving.client.id}" in shown
    assert 'name="short_name"' not in shown, "there is no form while something is open"
    await leaving.close_ticket()
    again = await leaving.owner.post(page, data={**WANTED, "short_name": "别家"})
    assert "请照写客户的简称" in again.text
    asked = await leaving.owner.post(page, data=WANTED)
    assert asked.headers["location"] == page
    await leaving.run()
    shown = (await leaving.owner.get(page)).text
    assert "资料已经删除" in shown
    assert "会计法" in shown


async def test_the_operator_does_it_by_a_command(leaving: Leaving) -> None:
    async with leaving.runtime.units_of_work.begin(leaving.partner.system) as work:
        code = await work.session.scalar(select(Client.code).where(Client.id == leaving.client.id))
        slug = leaving.partner.slug
    assert code
    with pytest.raises(Conflict, match="open_matters"):
        await erase_client_now(leaving.runtime, slug, code, "书面申请")
    await leaving.close_ticket()
    done = await erase_client_now(leaving.runtime, slug, code, "书面申请")
    assert done["state"] == "done"


async def test_killed_in_between_it_goes_on(leaving: Leaving, monkeypatch: pytest.MonkeyPatch) -> None:
    await leaving.close_ticket()
    await leaving.owner.post(leaving.path, json=WANTED)

    async def die(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr("app.assets.devices.client_erasure.devices", die)
        with pytest.raises(RuntimeError):
            await leaving.run()
    async with leaving.runtime.units_of_work.begin(leaving.partner.system) as work:
        names = set(await work.session.scalars(select(Employee.name).where(Employee.client_id == leaving.client.id)))
        name = await work.session.scalar(select(Client.name).where(Client.id == leaving.client.id))
    assert HOLDER not in names
    assert name == COMPANY
    await leaving.run()
    (done,) = (await leaving.owner.get(leaving.path)).json()["requests"]
    assert done["state"] == "done"
