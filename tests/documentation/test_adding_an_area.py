"""docs/adding-an-area.md is followed to the letter: its blocks become an area in a copy of the program, and the rules
that hold for every area hold for it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from app.platform.embedded import role_dsns
from tests.conftest import PASSWORD

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "adding-an-area.md"
COPIED = ("app", "billing", "docs", "migrations", "rbac", "tenants", "tests")
BLOCK = re.compile(r"^`([\w./-]+)`\n\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RULES = (
    "tests/architecture/test_areas.py",
    "tests/architecture/test_archive_tables.py",
    "tests/architecture/test_codes.py::test_every_action_has_a_label_and_a_group",
    "tests/architecture/test_codes.py::test_every_permission_has_a_label_and_a_holder",
    "tests/architecture/test_codes.py::test_permissions_say_what_may_be_done_with_which_record",
    "tests/architecture/test_personal_data.py",
    "tests/architecture/test_retention.py::test_every_table_forgets_or_says_why_it_keeps",
    "tests/architecture/test_translations.py",
)
"""Rules that need no database."""
STARTED = """
from app.asgi import API_HANDLERS, PAGE_HANDLERS
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.texts import translator
from app.portals.layout.navigation import entries
from app.people.audit.labels import action_label
from app.platform.imports.kinds import import_kinds
from rbac import permissions_of

handlers = (*API_HANDLERS, *PAGE_HANDLERS)
assert {"/vehicles", "/workspace/vehicles"} <= {path for each in handlers for path in getattr(each, "paths", ())}
assert "vehicles" in [entry.key for entry in entries()[ActorKind.PROVIDER]]
assert "vehicle:write" in permissions_of(ActorKind.PROVIDER, ("partner_owner",))
assert "vehicle:write" not in permissions_of(ActorKind.PROVIDER, ("engineer",))
assert import_kinds()["vehicles"].labels == {"plate": "车牌", "remark": "备注"}
assert action_label("vehicle.created", translator("en")) == "Add a vehicle"
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with the area of the page."""
    copy = tmp_path_factory.mktemp("program")
    left_out = shutil.ignore_patterns("node_modules", "static")  # what is compiled already need not be compiled again
    for top in COPIED:
        shutil.copytree(ROOT / top, copy / top, ignore=left_out)
    for name in ("pyproject.toml", "alembic.ini"):
        shutil.copy(ROOT / name, copy)
    for path, language, text in BLOCK.findall(PAGE.read_text()):
        target = copy / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if language == "diff":
            before = "\n".join(line[1:] for line in text.splitlines() if line[0] == " ")
            after = "\n".join(line[1:] for line in text.splitlines())
            whole = target.read_text()
            assert whole.count(before) == 1, f"{path} has no such place: {before}"
            target.write_text(whole.replace(before, after))
        else:
            target.write_text(text.replace('"LAST"', f'"{_newest_migration()}"'))
    return copy


def _newest_migration() -> str:
    return max(path.name[:4] for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))


def _run(program: Path, *arguments: str, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=program,
        env={**os.environ, "PYTHONPATH": str(program), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-3_000:]


@pytest.mark.slow(40, "runs the rules over a copy of the program in a process of its own")
def test_the_area_of_the_page_keeps_the_rules(program: Path) -> None:
    _run(program, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--noconftest", "--tb=short", *RULES)


@pytest.mark.slow(6, "starts the program in a process of its own")
def test_the_area_of_the_page_is_read_by_the_program(program: Path) -> None:
    _run(program, "-c", STARTED)


@pytest.mark.slow(10, "migrates a database in a process of its own")
async def test_the_table_of_the_page_is_kept_to_its_tenant(program: Path, admin_dsn: str, database: str) -> None:
    owner = role_dsns(admin_dsn, PASSWORD, database).owner.replace("postgresql://", "postgresql+asyncpg://")
    _run(program, "-m", "alembic", "upgrade", "head", YINGHUO_MIGRATION_URL=owner)
    admin = await asyncpg.connect(admin_dsn, database=database)
    try:
        kept = await admin.fetchrow(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'vehicle'"
        )
        policies = await admin.fetchval("SELECT count(*) FROM pg_policies WHERE tablename = 'vehicle'")
    finally:
        await admin.close()
    assert kept
    assert policies == 8
