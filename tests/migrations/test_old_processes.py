"""The processes of the version before work on while the newest revision is applied, taken back and applied again."""

import asyncio
import io
import shutil
import subprocess
import tarfile
from collections import Counter
from pathlib import Path

import httpx
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from app.platform.background.due import due_counts
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock
from tests.chaos.installation import until
from tests.factories.network import Network
from tests.migrations.databases import alembic
from tests.program_processes import ROOT, environment_of, started, web_process

ASSETS = "app/platform/web/static/build"
AT_ONCE = 4
REST_SECONDS = 1.0
DRAINED_SECONDS = 60.0


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout


def _commit_before(revision: Path) -> str:
    """The commit before the one that brought a revision; the last one, where nobody has committed it yet, or where this
    checkout does not reach back so far: its program works on an older table then, which it must as well."""
    added = _git("log", "-1", "--format=%H", "--diff-filter=A", "--", str(revision)).decode().strip()
    known = (
        bool(added) and subprocess.run(["git", "cat-file", "-e", f"{added}^"], cwd=ROOT, check=False).returncode == 0
    )
    return f"{added}^" if known else "HEAD"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as it was before the newest revision was written."""
    newest = ScriptDirectory.from_config(Config(str(ROOT / "alembic.ini"))).get_revision("head")
    assert newest is not None
    folder = tmp_path_factory.mktemp("before")
    with tarfile.open(fileobj=io.BytesIO(_git("archive", _commit_before(Path(newest.path))))) as archive:
        archive.extractall(folder, filter="data")
    shutil.copytree(ROOT / ASSETS, folder / ASSETS, dirs_exist_ok=True)
    return folder


@pytest.mark.slow(40, "web, relay and worker of the version before, and the newest revision three times")
async def test_the_newest_revision_comes_and_goes_under_their_hands(
    before: Path,
    machine_time: SettableClock,
    test_settings: Settings,
    network: Network,
    runtime: Runtime,
    admin_dsn: str,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("YINGHUO_REQUESTS_PER_MINUTE", "1000000")
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    token = await network.token(partner.owner)
    alembic(admin_dsn, database, "downgrade", "-1")
    environment = environment_of(test_settings, machine_time)
    answers: Counter[int] = Counter()
    over = asyncio.Event()

    async def work(desk: httpx.AsyncClient) -> None:
        while not over.is_set():
            reported = await desk.post("/api/v1/tickets", json={"subject": "打印机卡纸", "client_id": str(client.id)})
            read = await desk.get("/api/v1/tickets")
            answers.update((reported.status_code, read.status_code))

    async def drained() -> bool:
        return not [count for kind, _, count in await due_counts(runtime) if kind.startswith(DueKind.OUTBOX) and count]

    relay, worker = ("-m", "app.cli", "relay"), ("-m", "app.cli", "worker", "--concurrency", "1")
    async with web_process(test_settings, machine_time, folder=before) as (address, _):
        with (
            started(environment, *relay, folder=before) as relaying,
            started(environment, *worker, folder=before) as doing,
        ):
            headers = {"authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(base_url=address, headers=headers, timeout=30) as desk:
                working = [asyncio.create_task(work(desk)) for _ in range(AT_ONCE)]
                for command, revision in (("upgrade", "head"), ("downgrade", "-1"), ("upgrade", "head")):
                    await asyncio.sleep(REST_SECONDS)
                    await asyncio.to_thread(alembic, admin_dsn, database, command, revision)
                await asyncio.sleep(REST_SECONDS)
                over.set()
                await asyncio.gather(*working)
            await until(drained, "relay and worker have done what the reports brought", DRAINED_SECONDS)
            assert (relaying.poll(), doing.poll()) == (None, None), "relay or worker has ended"
    assert answers.keys() == {200, 201}, f"the program of before did not work on: {answers}"
    assert answers[201] > AT_ONCE
