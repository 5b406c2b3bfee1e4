"""Two partners, two clients in the first, two reporters in one client, and one record of every kind."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from PIL import Image, ImageDraw
from sqlalchemy import String
from sqlalchemy.types import TypeEngine

from app.agreements.catalogue import provision_catalogue
from app.platform.kernel.actor import Actor
from app.platform.kernel.areas import areas
from app.platform.kernel.ids import new_id
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from migrations.registry import mapped_classes
from tests.conftest import ClientFor
from tests.factories.device_workbook import HEADINGS, workbook_bytes
from tests.factories.network import Network, PartnerCompany

TESTS = Path(__file__).parent.parent
SECRET = "金丝雀"
"""Stands in every text that nobody else may ever read."""

OUTSIDE = (
    "visitor",
    "another partner's owner",
    "another partner's engineer",
    "another partner's program",
    "a suspended partner's dispatcher",
    "headquarters",
)
INSIDE = ("another client's contact", "another client's reporter", "a colleague of the reporter")
STAFF = ("a colleague of the member",)
IDLE = ("an engineer who was not sent",)
HELD = (*IDLE, "a manager held to another client")
"""The partner's own people who see only the clients they look after, and their own work."""
NOT_HEADQUARTERS = (*(name for name in OUTSIDE if name != "headquarters"), *INSIDE, *STAFF)

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


def area_sceneries() -> Iterator[ModuleType]:
    """The `scenery.py` of areas' tests, in the order of the floors."""
    for area in areas():
        for folder in dict.fromkeys((area.package.rpartition(".")[2], area.package)):
            if (TESTS / folder.replace(".", "/") / "scenery.py").exists():
                yield import_module(f"tests.{folder}.scenery")


def hidden_by_areas() -> dict[str, tuple[str, ...]]:
    """What a path calls an area's record → who must not reach it."""
    return {name: who for module in area_sceneries() for name, who in getattr(module, "HIDDEN_FROM", {}).items()}


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
    """`ids` are the owner's records by what paths call them; `strangers`, with their `actors`, are all who own none."""

    owner: PartnerCompany
    ids: dict[str, UUID]
    actors: dict[str, httpx.AsyncClient]
    admin: asyncpg.Connection
    people: dict[str, Actor]
    """Those to whom the records belong: the engineer who was sent and the reporter who reported."""
    strangers: dict[str, Actor | None]

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
    """Puts the scenery up: what several areas share here, the rest by the areas."""

    def __init__(
        self,
        network: Network,
        units_of_work: UnitOfWorkFactory,
        clock: SettableClock,
        http: ClientFor,
        admin: asyncpg.Connection,
    ) -> None:
        self.network = network
        self.units_of_work = units_of_work
        self.clock = clock
        self.http = http
        self.admin = admin
        self.ids: dict[str, UUID] = {}
        self.owner: PartnerCompany
        self.reporter: Actor

    async def make(self) -> Scenery:
        network = self.network
        self.owner = owner = await network.partner(f"厦门{SECRET}信息科技有限公司")
        await network.service_level(owner)
        async with self.units_of_work.begin(owner.system) as work:
            await provision_catalogue(work)
        client, school = await network.client(owner, f"厦门{SECRET}集团"), await network.client(owner, "厦门第九中学")
        engineer = await network.engineer(owner)
        self.ids["device_id"], self.reporter = await network.device(client, holder=f"{SECRET}一号")
        reporter = self.reporter
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
        await self._looked_up(owner, reporter)
        await self._of_areas(owner)
        stranger = await network.partner("广州岭南信息服务有限公司")
        await network.service_level(stranger)
        await network.client(stranger)
        suspended = await network.partner("福州停业信息服务有限公司")
        await self.admin.execute("UPDATE tenant SET state = 'suspended' WHERE id = $1", suspended.id)
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
        return Scenery(owner, self.ids, strangers, self.admin, {"engineer": engineer, "reporter": reporter}, people)

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
        path = f"/api/v1/members/{manager.membership_id}/access-scope"
        decided = {"access_scope": "assigned", "client_ids": [str(client_id)], "version": 1}
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
            "/api/v1/ticket-imports",
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
        manager = await self.http(owner.owner)
        for module in area_sceneries():
            await module.make(self, manager)

    async def _looked_up(self, owner: PartnerCompany, reporter: Actor) -> None:
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
            self.ids[name] = await self.found(query, key)
        self.ids["employee_id"] = self.ids["employees"]

    async def found(self, query: str, key: object) -> UUID:
        """An id that no answer gave."""
        found = await self.admin.fetchval(query, key)
        assert isinstance(found, UUID), query
        return found

    async def row(self, table: str, tenant_id: UUID | None = None, **known: Any) -> UUID:
        """A row that only the platform writes, of the owner or the tenant named. What is not `known` is the scenery's
        record where a column is called like one, else some value of the column's type; what may be empty is."""
        model: Any = mapped_classes()[table]
        tenant = tenant_id or self.owner.id
        known = {"tenant_id": tenant, "id": new_id()} | known
        for column in model.__table__.columns:
            if column.name not in known and not (column.nullable or column.default):
                known[column.name] = self.ids.get(column.name) or self._value(column.type)
        if "reporter_id" in model.__table__.columns:
            known["reporter_id"] = self.reporter.reporter_id
        async with self.units_of_work.begin(Actor.system(tenant)) as work:
            work.session.add(model(**{name: known[name] for name in known if name in model.__table__.columns}))
        return UUID(str(known["id"]))

    def _value(self, kind: TypeEngine[Any]) -> Any:
        now = self.clock.now()
        if isinstance(kind, String):
            return SECRET[: kind.length]
        values = {UUID: new_id(), datetime: now, date: now.date(), int: 1, bool: False, bytes: b"x"}
        return values.get(kind.python_type, {})

    def keep(self, name: str, answer: httpx.Response, key: str) -> None:
        assert answer.is_success, answer.text
        self.ids[name] = UUID(answer.json()[key])

    @staticmethod
    async def done(call: Any) -> httpx.Response:
        answer: httpx.Response = await call
        assert answer.is_success, answer.text
        return answer
