"""A running installation seen from outside: its processes, the faults reported to it, and whether it works."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from app.platform.embedded import EmbeddedPostgres, EmbeddedValkey
from app.platform.embedded.processes import group_members
from app.platform.kernel.ids import new_id
from app.platform.kernel.outages import outage_of
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from tests.chaos.program import PROCESSES, READY
from tests.factories.network import Network, PartnerCompany
from tests.runs.server_folder import folder_of_servers

ROOT = Path(__file__).parents[2]
START_SECONDS = 120.0
STEP_SECONDS = 0.05
"""Between two looks at a condition."""

SUBJECT, CONTACT, PHONE = "投影仪无法识别信号源", "欧阳静怡", "13959271846"
PARTNER, CLIENT, HOLDER = "泉州恒达网络科技有限公司", "莆田锦绣纺织有限公司", "诸葛明远"
WORDS = (SUBJECT, CONTACT, PHONE, PARTNER, CLIENT, CLIENT[:8], HOLDER, "@example.com", "陈总", "林小燕", "0592-5551234")
"""Every name, text and address that is used here: none of them may be in any log."""


class NeverSo(AssertionError):
    """A condition that had to come true did not."""


async def until(condition: Callable[[], Awaitable[bool]], what: str, seconds: float) -> None:
    """Look again and again; what fails because a server is away is not so yet.

    Raises:
        NeverSo: it did not come true in time.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            async with asyncio.timeout(5):
                if await condition():
                    return
        except Exception as failure:
            if outage_of(failure) is None:
                raise
        if time.monotonic() > deadline:
            raise NeverSo(f"{seconds:.0f} seconds later it is not so that {what}")
        await asyncio.sleep(STEP_SECONDS)


@dataclass
class Installation:
    """A partner's dispatcher reports faults to it."""

    state: Path
    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    runtime: Runtime
    partner: PartnerCompany
    token: str
    device_id: UUID
    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey
    answered: dict[str, str] = field(default_factory=dict)
    """Subject to number of every ticket whose report was answered."""
    faults: list[str] = field(default_factory=list)
    """Answers that tell of a mistake where there was an outage."""

    def pid(self, name: str) -> int:
        """The process of the program that is called so."""
        started = json.loads((self.state / "processes.json").read_text())
        return int(started[PROCESSES.index(name)][0])

    def children_of(self, name: str) -> list[int]:
        """What that process has started itself."""
        main = self.pid(name)
        return [each for each in group_members(main) if each != main]

    @asynccontextmanager
    async def reports(self, reporters: int) -> AsyncIterator[None]:
        """So many people report without a rest, and go on with what was not answered until it is."""
        stopped = asyncio.Event()
        tasks = [asyncio.create_task(self._report_on(stopped)) for _ in range(reporters)]
        try:
            yield
        finally:
            stopped.set()
            await asyncio.gather(*tasks)

    async def _report_on(self, stopped: asyncio.Event) -> None:
        while not stopped.is_set():
            await self.report()
            await asyncio.sleep(STEP_SECONDS)

    async def report(self) -> str:
        """Report one fault under one key, until it is answered; the ticket's id."""
        subject, key = f"{SUBJECT} {new_id().hex}", new_id().hex
        fault = {"subject": subject, "device_id": str(self.device_id), "contact_name": CONTACT, "contact_phone": PHONE}
        headers = {"authorization": f"Bearer {self.token}", "idempotency-key": key}
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            answer = await self._post(fault, headers)
            if answer is not None and answer.status_code == 201:
                self.answered[subject] = answer.json()["number"]
                return str(answer.json()["id"])
            if answer is not None and (answer.status_code != 503 or "retry-after" not in answer.headers):
                self.faults.append(f"{answer.status_code}: {answer.text[:300]}")
            await asyncio.sleep(STEP_SECONDS)
        raise NeverSo(f"a report was not answered within {START_SECONDS:.0f} seconds: {self.faults[-3:]}")

    async def _post(self, fault: dict[str, str], headers: dict[str, str]) -> httpx.Response | None:
        address = self.environment["YINGHUO_PUBLIC_URL"]
        with contextlib.suppress(httpx.TransportError):
            async with httpx.AsyncClient(base_url=address, headers=headers, timeout=15, trust_env=False) as client:
                return await client.post("/api/v1/tickets", json=fault)
        return None

    async def works(self, seconds: float) -> None:
        """Web, worker and relay do what they are for: a fault is reported, what follows is done, what is due is swept.

        Raises:
            NeverSo: not within so many seconds.
        """
        deadline = time.monotonic() + seconds
        ticket_id = await self.report()
        subject_id = new_id()

        async def plan() -> bool:
            async with self.runtime.units_of_work.begin(self.partner.system) as work:
                work.schedule(DueKind.CONFIRMATION_REMINDER, subject_id, work.now)
            return True

        async def swept() -> bool:
            return not await self.rows("SELECT id FROM due_entry WHERE subject_id = :id", id=subject_id)

        async def told() -> bool:
            return not await self.waiting(ticket_id)

        await until(plan, "something can be planned", deadline - time.monotonic())
        await until(swept, "the relay sweeps what is due", deadline - time.monotonic())
        await until(told, "the worker does what follows a report", deadline - time.monotonic())

    async def waiting(self, ticket_id: str | None = None) -> Sequence[Any]:
        """Events, of one ticket or all, whose consumers are not done."""
        return await self.rows(
            "SELECT e.id FROM due_entry d JOIN outbox_event e ON e.tenant_id = d.tenant_id AND e.id = d.subject_id "
            "WHERE d.kind LIKE 'outbox%' AND (CAST(:id AS text) IS NULL OR e.payload ->> 'ticket_id' = :id)",
            id=ticket_id,
        )

    async def rows(self, statement: str, **parameters: object) -> Sequence[Any]:
        """What the partner's records say."""
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            return (await work.session.execute(text(statement), parameters)).all()

    async def stop(self) -> None:
        """End all of it, as Ctrl-C does."""
        await _stop(self.process)

    def log_lines(self) -> list[str]:
        """Everything that anybody wrote: the program's processes, its supervisor, and both servers."""
        written = [self.state / "output", self.state / "postgres" / "server.log", self.state / "valkey" / "server.log"]
        return [line for path in written for line in path.read_text(errors="replace").splitlines()]


@asynccontextmanager
async def installation() -> AsyncIterator[Installation]:
    """Start one in a new folder, with a partner that has a client with a device; on leaving all of it ends."""
    with tempfile.TemporaryDirectory(
        prefix="yinghuo-chaos-", dir=folder_of_servers(), ignore_cleanup_errors=True
    ) as directory:
        state = Path(directory)
        process = _start(state)
        async with _answering(state, process) as place:
            yield place


def _start(state: Path) -> subprocess.Popen[bytes]:
    state.chmod(0o711)
    with (state / "output").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.program", str(state)],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@asynccontextmanager
async def _answering(state: Path, process: subprocess.Popen[bytes]) -> AsyncIterator[Installation]:
    runtime: Runtime | None = None
    try:

        async def ready() -> bool:
            assert process.poll() is None, (state / "output").read_text()[-3000:]
            return (state / READY).exists()

        await until(ready, "the installation answers", START_SECONDS)
        environment = json.loads((state / READY).read_text())
        runtime = Runtime(_settings(environment))
        network = Network(runtime)
        await network.prepare()
        partner = await network.partner(PARTNER)
        await network.service_level(partner)
        client = await network.client(partner, CLIENT)
        device_id, _ = await network.device(client, holder=HOLDER)
        token = await network.token(partner.dispatcher)
        servers = EmbeddedPostgres(state / "postgres"), EmbeddedValkey(state / "valkey")
        yield Installation(state, process, environment, runtime, partner, token, device_id, *servers)
    finally:
        if runtime is not None:
            await runtime.close()
        await _stop(process)


async def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.to_thread(process.wait, 60)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _settings(environment: dict[str, str]) -> Settings:
    return Settings(
        environment="test",
        database_url=environment["DATABASE_URL"],
        redis_url=environment["REDIS_URL"],
        secret=environment["YINGHUO_SECRET"],
        data_directory=Path(environment["YINGHUO_DATA_DIRECTORY"]),
        public_url=environment["YINGHUO_PUBLIC_URL"],
    )
