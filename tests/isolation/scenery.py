"""Two partners, two clients in the first, two reporters in one client, and one record of every kind."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from PIL import Image, ImageDraw

from app.agreements.catalogue import provision_catalogue
from app.assets.clients.models import Contact
from app.assets.devices.models import DeviceLabel
from app.data_exchange.ticket_import.models import ImportedName
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.areas import areas
from app.platform.kernel.ids import new_id
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from app.platform.notifications.models import Notification
from tenants.access_grants.models import AccessGrant
from tenants.corrective_actions.models import CorrectiveAction
from tenants.data_lifecycle.models import TenantExport
from tenants.partners.models import Partner, PartnerApplication
from tests.conftest import ClientFor
from tests.factories.device_workbook import HEADINGS, workbook_bytes
from tests.factories.network import Network, PartnerCompany

SECRET = "金丝雀"
"""Stands in every text that nobody else may ever read."""

LOG_MAPPING = """
source = "desk"
shape = "events"
[columns]
number = "no"
at = "at"
state = "state"
[states]
open = "new"
"""
"""How the owner's log of another system is read."""


def picture(kind: str = "JPEG") -> bytes:
    """A small photo, or with PNG a signature."""
    image = Image.new("RGBA" if kind == "PNG" else "RGB", (600, 200))
    ImageDraw.Draw(image).line([(60, 120), (110, 60), (190, 150), (420, 70)], fill=(26, 32, 48, 255), width=6)
    written = BytesIO()
    image.save(written, kind)
    return written.getvalue()


def signature() -> str:
    return b64encode(picture("PNG")).decode()


@dataclass
class Scenery:
    """`ids` are the owner's records by what paths call them; `actors` everybody else by what they are."""

    owner: PartnerCompany
    ids: dict[str, UUID]
    actors: dict[str, httpx.AsyncClient]
    admin: asyncpg.Connection
    people: dict[str, Actor]
    """Those to whom the records belong: the engineer who was sent and the reporter who reported."""

    async def denials(self) -> set[tuple[str, str]]:
        """Method and route of every refusal that some audit log tells of."""
        found = await self.admin.fetch(
            "SELECT DISTINCT details->>'method', details->>'route' FROM audit_entry WHERE action = 'request.denied'"
        )
        return {(row[0], row[1]) for row in found}

    async def rows(self) -> dict[str, str]:
        """A digest of the owner's rows in each table, as the superuser sees them."""
        tables = await self.admin.fetch(
            "SELECT DISTINCT table_name FROM information_schema.columns c JOIN information_schema.tables t "
            "USING (table_schema, table_name) WHERE table_schema = 'public' AND column_name = 'tenant_id' "
            "AND t.table_type = 'BASE TABLE' ORDER BY 1"
        )
        found = {}
        for (table,) in tables:
            found[table] = await self.admin.fetchval(
                f"SELECT count(*) || ' rows ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') "
                f'FROM "{table}" t WHERE tenant_id = $1',
                self.owner.id,
            )
        return found


class SceneryMaker:
    """Puts the scenery up through the API, and by hand what only the platform itself writes."""

    def __init__(
        self, network: Network, units_of_work: UnitOfWorkFactory, clock: SettableClock, http: ClientFor
    ) -> None:
        self.network = network
        self.units_of_work = units_of_work
        self.clock = clock
        self.http = http
        self.ids: dict[str, UUID] = {}
        self.owner: PartnerCompany

    async def make(self, admin: asyncpg.Connection) -> Scenery:
        network = self.network
        owner = await network.partner(f"厦门{SECRET}信息科技有限公司")
        self.owner = owner
        await network.service_level(owner)
        async with self.units_of_work.begin(owner.system) as work:
            await provision_catalogue(work)
        client, school = await network.client(owner, f"厦门{SECRET}集团"), await network.client(owner, "厦门第九中学")
        engineer = await network.engineer(owner)
        self.ids["device_id"], reporter = await network.device(client, holder=f"{SECRET}一号")
        _, zhang = await network.device(client, holder="张伟")
        _, pupil = await network.device(school, holder="学生")
        assert engineer.membership_id
        assert owner.owner.membership_id
        self.ids.update(
            client_id=client.id,
            sites=client.site_id,
            departments=client.department_id,
            engineer_id=engineer.membership_id,
            membership_id=owner.owner.membership_id,
        )
        await self._work_done(await self.http(reporter), await self.http(owner.owner), engineer)
        await self._office(await self.http(owner.owner), client.id)
        await self._of_areas(owner)
        await self._by_hand(owner)
        await self._looked_up(admin, owner, reporter)
        stranger = await network.partner("广州岭南信息服务有限公司")
        await network.service_level(stranger)
        await network.client(stranger)
        suspended = await network.partner("福州停业信息服务有限公司")
        await admin.execute("UPDATE tenant SET state = 'suspended' WHERE id = $1", suspended.id)
        people: dict[str, Actor | None] = {
            "visitor": None,
            "another partner's owner": stranger.owner,
            "another partner's engineer": await network.engineer(stranger),
            "a suspended partner's dispatcher": suspended.dispatcher,
            "headquarters": network.administrator,
            "another client's contact": school.contact,
            "another client's reporter": pupil,
            "a colleague of the reporter": zhang,
            "a colleague of the member": owner.dispatcher,
            "an engineer who was not sent": await network.engineer(owner, "王师傅"),
            "a manager held to another client": await self._held(owner, school.id),
        }
        strangers = {name: await self.http(actor) for name, actor in people.items()}
        program = await self.http(None)
        program.headers["authorization"] = f"Bearer {await network.program(stranger.owner)}"
        strangers["another partner's program"] = program
        return Scenery(owner, self.ids, strangers, admin, {"engineer": engineer, "reporter": reporter})

    async def _work_done(self, reporter: Any, manager: Any, engineer: Actor) -> None:
        """A ticket with a photo, a finished visit and its signed report."""
        start = self.clock.now()
        device = str(self.ids["device_id"])
        reported = await reporter.post("/api/v1/tickets", json={"subject": f"{SECRET}开不了机", "device_id": device})
        self.keep("ticket_id", reported, "id")
        ticket = f"/api/v1/tickets/{self.ids['ticket_id']}"
        await self.done(reporter.post(f"{ticket}/photos", files={"photos": (f"{SECRET}.jpg", picture(), "image/jpeg")}))
        plan = {
            "engineer_id": str(engineer.membership_id),
            "scheduled_start": (start + timedelta(hours=1)).isoformat(),
            "scheduled_end": (start + timedelta(hours=2)).isoformat(),
        }
        self.keep("visit_id", await self.done(manager.post(f"{ticket}/assignments", json=plan)), "visit_id")
        visit = f"/api/v1/visits/{self.ids['visit_id']}"
        worker = await self.http(engineer)
        for step in ("accept", "depart", "arrive"):
            await self.done(worker.post(f"{visit}/{step}"))
        work_done = {"work_done": f"{SECRET}更换电源", "cause": "电源坏了", "work_minutes": 25}
        await self.done(worker.post(f"{visit}/resolve", json=work_done))
        report = await self.done(worker.post(f"{visit}/report"))
        self.keep("report_id", report, "id")
        signing = {
            "name": SECRET,
            "content_hash": report.json()["content_hash"],
            "image": signature(),
            "client_confirms": True,
        }
        await self.done(worker.post(f"{visit}/report/signature", json=signing))

    async def _held(self, owner: PartnerCompany, client_id: UUID) -> Actor:
        """A service manager who looks after one client, and sees no other."""
        manager = await self.network.member(owner.id, "周经理", ["service_manager"])
        path = f"/api/v1/members/{manager.membership_id}/reach"
        decided = {"reach": "assigned", "client_ids": [str(client_id)], "version": 1}
        await self.done((await self.http(owner.owner)).put(path, json=decided))
        return manager

    async def _office(self, manager: Any, client_id: UUID) -> None:
        """An invitation, a list with faults, a PIN and a label."""
        invited = {"email": "canary@example.com", "display_name": SECRET, "roles": ["dispatcher"]}
        self.keep("invitation_id", await self.done(manager.post("/api/v1/invitations", json=invited)), "id")
        content = workbook_bytes({"设备": [HEADINGS, [SECRET for _ in HEADINGS]]})
        upload = manager.post(
            "/api/v1/imports", data={"client_id": str(client_id)}, files={"file": (f"{SECRET}.xlsx", content)}
        )
        self.keep("import_id", await self.done(upload), "id")
        log = manager.post(
            "/api/v1/history/imports",
            data={"client_id": str(client_id), "mapping": LOG_MAPPING, "time_zone": "Asia/Shanghai"},
            files={"file": (f"{SECRET}.csv", f"no,at,state\n{SECRET},2026-11-02 09:00,open\n".encode())},
        )
        self.keep("ticket_import_id", await self.done(log), "id")
        key = {"name": SECRET, "permissions": ["ticket:read"]}
        made = await self.done(manager.post("/api/v1/api-tokens", json=key))
        self.ids["token_id"] = UUID(made.json()["shown"]["id"])
        stranger = {"name": SECRET, "phone": "13700002222", "words": f"{SECRET}打不开机"}
        self.keep("unknown_caller_id", await self.done(manager.post("/api/v1/unknown-callers", json=stranger)), "id")
        await self.done(manager.post("/api/v1/pins", json={"device_ids": [str(self.ids["device_id"])]}))

    async def _of_areas(self, owner: PartnerCompany) -> None:
        """What areas add themselves, in the `scenery.py` of their tests."""
        for area in areas():
            place = f"tests.{area.package.rpartition('.')[2]}"
            if find_spec(place) and find_spec(f"{place}.scenery"):
                await import_module(f"{place}.scenery").make(self, await self.http(owner.owner))

    def _corrective_action(self, owner: PartnerCompany) -> CorrectiveAction:
        """The partner's own row, without headquarters' twin."""
        now = self.clock.now()
        return CorrectiveAction(
            tenant_id=owner.id,
            id=self.ids["action_id"],
            number="CA-20261116-0001",
            partner_id=owner.id,
            partner_name=owner.name,
            threshold_id=self.ids["threshold_id"],
            measure="resolution",
            comparison="below",
            limit_hundredths=9_000,
            fewest_cases=10,
            month=now.date().replace(day=1),
            months=1,
            value_hundredths=6_000,
            cases=100,
            opened_at=now,
            state="open",
            settled_by="owner",
            due_on=now.date(),
            recheck_on=now.date(),
            cause=SECRET,
        )

    async def _by_hand(self, owner: PartnerCompany) -> None:
        names = (
            "contacts",
            "notification_id",
            "partner_id",
            "application_id",
            "name_id",
            "action_id",
            "threshold_id",
            "export_id",
            "grant_id",
        )
        self.ids.update({name: new_id() for name in names})
        self.ids["partner_id"] = owner.id
        ring: dict[str, Any] = {"tenant_id": owner.id, "client_id": self.ids["client_id"]}
        async with self.units_of_work.begin(owner.system) as work:
            work.session.add(Contact(id=self.ids["contacts"], name=f"{SECRET}二号", **ring))
            label = DeviceLabel(
                id=new_id(), device_id=self.ids["device_id"], token=f"label-{SECRET}", created_at=work.now, **ring
            )
            name = ImportedName(
                id=self.ids["name_id"], source="desk", kind="caller", name=SECRET, record_id=None, **ring
            )
            notice = Notification(
                tenant_id=owner.id,
                id=self.ids["notification_id"],
                membership_id=owner.owner.membership_id,
                reference="isolation",
                text=SECRET,
                link="/workspace/tickets",
                created_at=work.now,
            )
            export = TenantExport(
                tenant_id=owner.id,
                id=self.ids["export_id"],
                state="ready",
                requested_by=SECRET,
                requested_at=work.now,
                expires_at=work.now + timedelta(days=7),
            )
            grant = AccessGrant(
                tenant_id=owner.id,
                id=self.ids["grant_id"],
                partner_id=owner.id,
                partner_name=owner.name,
                requested_by=new_id(),
                requested_by_name=SECRET,
                reason=SECRET,
                record_kinds=["device", "ticket"],
                hours=24,
                emergency=False,
                state="requested",
                requested_at=work.now,
                expires_at=work.now + timedelta(days=7),
            )
            work.session.add_all([label, name, notice, export, self._corrective_action(owner), grant])
        application = {
            "number": "PA-20261116-0001",
            "state": "applied",
            "legal_name": f"泉州{SECRET}信息服务有限公司",
            "credit_code": "91350200000000001A",
            "city_code": "350500",
            "contact_name": SECRET,
            "mobile": "13800138000",
            "email": "apply@example.com",
            "slug": "canary",
            "plan": "standard",
            "status_token_hash": "0" * 64,
        }
        partner = {
            "slug": owner.slug,
            "name": owner.name,
            "credit_code": "91350200000000002A",
            "state": "active",
            "star_level": 3,
            "city_code": "350200",
        }
        async with self.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            headquarters: dict[str, Any] = {"tenant_id": HQ_TENANT_ID}
            work.session.add(Partner(id=owner.id, authorised_at=work.now, **headquarters, **partner))
            work.session.add(
                PartnerApplication(id=self.ids["application_id"], submitted_at=work.now, **headquarters, **application)
            )

    async def _looked_up(self, admin: asyncpg.Connection, owner: PartnerCompany, reporter: Actor) -> None:
        """Ids that no answer gave."""
        for name, query, key in (
            ("file_id", "SELECT id FROM stored_file WHERE subject_id = $1", self.ids["ticket_id"]),
            ("employees", "SELECT employee_id FROM reporter WHERE id = $1", reporter.reporter_id),
            ("policy_id", "SELECT policy_id FROM sla_assignment WHERE tenant_id = $1", owner.id),
            ("calendar_id", "SELECT calendar_id FROM sla_assignment WHERE tenant_id = $1", owner.id),
            (
                "session_id",
                "SELECT id FROM session WHERE membership_id = $1 AND token_name IS NULL",
                self.ids["membership_id"],
            ),
        ):
            found = await admin.fetchval(query, key)
            assert isinstance(found, UUID), name
            self.ids[name] = found
        self.ids["employee_id"] = self.ids["employees"]

    def keep(self, name: str, answer: httpx.Response, key: str) -> None:
        assert answer.is_success, answer.text
        self.ids[name] = UUID(answer.json()[key])

    @staticmethod
    async def done(call: Any) -> httpx.Response:
        answer: httpx.Response = await call
        assert answer.is_success, answer.text
        return answer
