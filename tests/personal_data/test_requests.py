"""An employee is told what is kept of them, and forgotten on request; the device's story stays (PIPL)."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg
import httpx
import pytest
from sqlalchemy import select, update

from app.assets.clients.models import Employee
from app.data_exchange.personal_data.tasks import erase_people
from app.people.identity import Reporter
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.personal_data import pseudonym_of
from app.platform.kernel.runtime import Runtime
from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany

NAME, PHONE, EMAIL = "欧阳静雯", "13900001234", "ouyang@client.example"


@dataclass
class Person:
    """An employee who reported a fault, and who may ask about them."""

    partner: PartnerCompany
    client: ClientCompany
    employee_id: UUID
    device_id: UUID
    ticket_id: str
    owner: httpx.AsyncClient
    administrator: httpx.AsyncClient

    @property
    def path(self) -> str:
        return f"/api/v1/clients/{self.client.id}/employees/{self.employee_id}/personal-data"


@pytest.fixture
async def person(network: Network, http: ClientFor, runtime: Runtime) -> Person:
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    device_id, reporter = await network.device(client, holder=NAME)
    async with runtime.units_of_work.begin(partner.system) as work:
        employee_id = (await work.session.get_one(Reporter, (partner.id, reporter.reporter_id))).employee_id
        await work.session.execute(
            update(Employee)
            .where(Employee.id == employee_id)
            .values(phone=PHONE, email=EMAIL, employee_number="EMP-0077")
        )
    assert employee_id
    at_work = await http(reporter)
    fault = {"subject": f"{NAME}的电脑开不了机", "device_id": str(device_id), "description": f"请打 {PHONE} 找{NAME}"}
    ticket = (await at_work.post("/api/v1/tickets", json=fault)).json()["id"]
    await at_work.post(f"/api/v1/tickets/{ticket}/replies", json={"text": f"我是{NAME}，下午在"})
    owner, administrator = await http(partner.owner), await http(client.contact)
    await owner.post(f"/api/v1/tickets/{ticket}/notes", json={"text": f"{NAME}很着急"})
    return Person(partner, client, employee_id, device_id, ticket, owner, administrator)


async def leave_company(person: Person, runtime: Runtime) -> None:
    """Make the employee inactive and cancel the ticket."""
    cancelled = await person.owner.post(f"/api/v1/tickets/{person.ticket_id}/cancel", json={"reason": "离职"})
    assert cancelled.is_success, cancelled.text
    async with runtime.units_of_work.begin(person.partner.system) as work:
        await work.session.execute(update(Employee).where(Employee.id == person.employee_id).values(state="inactive"))


async def run_erasures(person: Person, runtime: Runtime) -> None:
    async with runtime.units_of_work.begin(person.partner.system) as work:
        due = await work.session.scalars(select(DueEntry.subject_id).where(DueEntry.kind == DueKind.PERSON_ERASURE))
        subjects = list(due)
    await erase_people(runtime, person.partner.id, subjects)


async def test_the_person_is_told_everything(person: Person) -> None:
    answer = await person.owner.post(f"{person.path}/export")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["employee"]["name"], found["employee"]["phone"]) == (NAME, PHONE)
    assert [each["subject"] for each in found["reports"]] == [f"{NAME}的电脑开不了机"]
    assert any("下午在" in each["text"] for each in found["words"])
    assert len(found["devices_held"]) == 1
    assert "很着急" not in answer.text, "what colleagues wrote for each other is no data of hers to be handed out"
    (request,) = (await person.owner.get(f"{person.path}/requests")).json()["items"]
    assert (request["kind"], request["state"]) == ("export", "done")


async def test_who_still_works_there_or_waits_for_help_is_not_forgotten(person: Person, runtime: Runtime) -> None:
    wanted = {"reason": "本人申请"}
    assert (await person.owner.post(f"{person.path}/erasure", json=wanted)).status_code == 409
    await leave_company(person, runtime)
    assert (await person.owner.post(f"{person.path}/erasure", json={"reason": " "})).status_code == 422
    assert (await person.owner.post(f"{person.path}/erasure", json=wanted)).status_code == 202


async def test_who_they_were_goes_and_what_was_done_stays(
    person: Person, runtime: Runtime, superuser: asyncpg.Connection
) -> None:
    await leave_company(person, runtime)
    asked = await person.administrator.post(f"{person.path}/erasure", json={"reason": "11 月 3 日书面申请"})
    assert asked.status_code == 202, asked.text
    await run_erasures(person, runtime)
    new = pseudonym_of(person.employee_id)
    ticket = (await person.owner.get(f"/api/v1/tickets/{person.ticket_id}")).json()
    assert ticket["subject"] == f"{new}的电脑开不了机"
    assert (ticket["contact_name"], ticket["contact_phone"]) == (new, "")
    device = (await person.owner.get(f"/api/v1/devices/{person.device_id}")).json()
    assert device["holder_name"] == ""
    for table in await every_table(superuser):
        for old in (NAME, PHONE, EMAIL, "EMP-0077"):
            left_over = await superuser.fetchval(
                f'SELECT count(*) FROM "{table}" t WHERE tenant_id = $1 AND t::text LIKE $2',
                person.partner.id,
                f"%{old}%",
            )
            assert left_over == 0, f"{old} is still in {table}"
    (done,) = [each for each in (await person.owner.get(f"{person.path}/requests")).json()["items"] if each["result"]]
    assert done["state"] == "done"
    assert done["result"]["changed"]["ticket"] == 1
    assert "service_report" in done["result"]["kept"]


async def test_doing_it_again_changes_nothing(person: Person, runtime: Runtime) -> None:
    await leave_company(person, runtime)
    await person.owner.post(f"{person.path}/erasure", json={"reason": "本人申请"})
    await run_erasures(person, runtime)
    await run_erasures(person, runtime)
    assert (await person.owner.post(f"{person.path}/erasure", json={"reason": "再来"})).status_code == 409
    assert (await person.owner.post(f"{person.path}/export")).status_code == 409
    audit = (await person.owner.get("/api/v1/audit/entries", params={"area": "personal_data."})).text
    assert audit.count("personal_data.erased") <= 1


async def test_only_who_answers_for_the_client_asks(person: Person, http: ClientFor, network: Network) -> None:
    other = await network.client(person.partner, "厦门第九中学")
    contact = await network.member(person.partner.id, "李工", ["client_contact"], person.client.id)
    for nobody, status in (
        (person.partner.dispatcher, 403),
        (contact, 403),
        (other.contact, 404),
        ((await network.partner()).owner, 404),
    ):
        assert (await (await http(nobody)).post(f"{person.path}/export")).status_code == status


async def test_the_same_on_pages(person: Person, runtime: Runtime) -> None:
    page = f"/workspace/clients/{person.client.id}/employees/{person.employee_id}/personal-data"
    assert NAME in (await person.owner.get(page)).text
    file = await person.owner.post(f"{page}/export")
    assert file.headers["content-disposition"].startswith("attachment")
    assert NAME in file.text
    assert (await person.owner.post(f"{page}/erasure", data={"reason": "本人申请"})).status_code == 409
    await leave_company(person, runtime)
    portal = f"/portal/people/{person.client.id}/{person.employee_id}/personal-data"
    assert (await person.administrator.get(portal)).status_code == 200
    asked = await person.administrator.post(f"{portal}/erasure", data={"reason": "本人申请"})
    assert asked.headers["location"] == portal
    assert "处理中" in (await person.administrator.get(portal)).text


async def every_table(superuser: asyncpg.Connection) -> list[str]:
    rows = await superuser.fetch(
        "SELECT DISTINCT table_name FROM information_schema.columns c JOIN information_schema.tables t "
        "USING (table_schema, table_name) WHERE table_schema = 'public' AND column_name = 'tenant_id' "
        "AND t.table_type = 'BASE TABLE'"
    )
    return [row[0] for row in rows]


def test_a_pseudonym_is_the_same_everywhere_and_nobody_else_s() -> None:
    one, other = UUID(int=1), UUID(int=2)
    assert pseudonym_of(one) == pseudonym_of(UUID(int=1)) != pseudonym_of(other)


async def test_a_short_number_does_not_spoil_the_dates_and_counts_of_the_past(person: Person, runtime: Runtime) -> None:
    async with runtime.units_of_work.begin(person.partner.system) as work:
        await work.session.execute(
            update(Employee).where(Employee.id == person.employee_id).values(employee_number="20", phone="01")
        )
    await person.owner.post(f"/api/v1/tickets/{person.ticket_id}/notes", json={"text": "2020 年买的，01 号楼"})
    await leave_company(person, runtime)
    await person.owner.post(f"{person.path}/erasure", json={"reason": "本人申请"})
    await run_erasures(person, runtime)
    assert "2020 年买的，01 号楼" in (await person.owner.get(f"/api/v1/tickets/{person.ticket_id}")).text
