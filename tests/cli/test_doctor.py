"""An installation that lives is called healthy; what is broken about one is named, with what to do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from app.cli.doctor import examination
from app.cli.doctor.database_checks import look_at_database, look_at_isolation, look_at_migrations, look_at_roles
from app.cli.doctor.examination import CHECKS, examine
from app.cli.doctor.findings import Check, Finding, Verdict, ok
from app.cli.doctor.record_checks import look_at_audit_log
from app.cli.doctor.report import report
from app.cli.doctor.server_checks import (
    look_at_files,
    look_at_mail,
    look_at_payments,
    look_at_redis,
    look_at_work,
)
from app.cli.doctor.settings_checks import look_at_settings
from app.platform.http.readiness import RELAY_HEARTBEAT
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock, SystemClock
from billing.payments.events import CheckoutsLeftAlone
from tests.factories.network import PartnerCompany
from tests.fakes.stripe.stand_in import StripePlatform
from tests.notifications.smtp_servers import Inbox, serving

Look = Callable[[Runtime], Awaitable[list[Finding]]]


@pytest.fixture
async def alive(runtime: Runtime, clock: SettableClock) -> AsyncIterator[Runtime]:
    """A relay breathes, and nothing waits."""
    clock.set(SystemClock().now())
    await runtime.redis.set(RELAY_HEARTBEAT, "1")
    yield runtime
    await runtime.redis.delete(RELAY_HEARTBEAT)


@asynccontextmanager
async def with_settings(runtime: Runtime, **changed: Any) -> AsyncIterator[Runtime]:
    """The same installation with other settings."""
    made = Runtime(Settings.model_validate({**runtime.settings.model_dump(by_alias=False), **changed}), runtime.clock)
    yield made
    await made.close()


async def broken_by(look: Look, runtime: Runtime) -> list[str]:
    found = [each for each in await look(runtime) if each.verdict is Verdict.BROKEN]
    assert all(each.remedy for each in found), "whoever is told that something is broken is told what to do"
    return [f"{each.subject}: {each.told}" for each in found]


async def test_a_healthy_installation_has_nothing_broken(alive: Runtime, partner: PartnerCompany) -> None:
    found = [each async for each in examine(alive, quick=False)]
    assert [each for each in found if each.verdict is Verdict.BROKEN] == []
    assert {each.subject for each in found} >= {"isolation", "migrations", "files", "audit log", "books"}


async def test_the_lines_are_for_people_or_for_programs(alive: Runtime, capsys: pytest.CaptureFixture[str]) -> None:
    assert await report(alive, quick=True, as_json=False) == 0
    assert "ok       migrations: at " in capsys.readouterr().out
    assert await report(alive, quick=True, as_json=True) == 0
    lines = capsys.readouterr().out.splitlines()
    subjects = [msgspec.json.decode(line, type=Finding).subject for line in lines]
    assert "Redis" in subjects
    assert "books" not in subjects


async def test_a_role_that_does_not_get_in_is_named(runtime: Runtime) -> None:
    address = runtime.settings.database_url.get_secret_value().replace("yinghuo_app:", "yinghuo_signin:x")
    async with with_settings(runtime, database_signin_url=address) as other:
        (told,) = await broken_by(look_at_roles, other)
    assert told.startswith("database role signin: does not get in: password authentication failed")


async def test_a_role_that_may_too_much_is_broken(runtime: Runtime, admin_dsn: str, database: str) -> None:
    address = f"{admin_dsn.rpartition('/')[0]}/{database}"
    async with with_settings(runtime, database_sweeper_url=address) as other:
        (told,) = await broken_by(look_at_roles, other)
    assert told == "database role sweeper: may more than it needs: nothing keeps companies apart"


@pytest.mark.parametrize(
    ("done", "undone", "told"),
    [
        (
            "ALTER TABLE ticket DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE ticket ENABLE ROW LEVEL SECURITY",
            "isolation: tables without row-level security: ticket",
        ),
        (
            "GRANT SELECT ON session TO yinghuo_app",
            "REVOKE SELECT ON session FROM yinghuo_app",
            "isolation: the app role may read session",
        ),
    ],
)
async def test_whoever_opens_the_walls_between_companies_is_found(
    runtime: Runtime, superuser: asyncpg.Connection, done: str, undone: str, told: str
) -> None:
    await superuser.execute(done)
    try:
        assert await broken_by(look_at_isolation, runtime) == [told]
    finally:
        await superuser.execute(undone)


@pytest.mark.parametrize(
    ("revision", "remedy"), [("0001", "./run migrate"), ("9999", "start the program of that version")]
)
async def test_tables_of_another_version_are_found(
    runtime: Runtime, superuser: asyncpg.Connection, revision: str, remedy: str
) -> None:
    present = await superuser.fetchval("SELECT version_num FROM alembic_version")
    await superuser.execute("UPDATE alembic_version SET version_num = $1", revision)
    try:
        (found,) = await look_at_migrations(runtime)
    finally:
        await superuser.execute("UPDATE alembic_version SET version_num = $1", present)
    assert found.verdict is Verdict.BROKEN
    assert found.remedy.startswith(remedy)


async def test_a_clock_that_is_wrong_is_found(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = SystemClock().now() - timedelta(minutes=3)
    monkeypatch.setattr(SystemClock, "now", lambda _: wrong)
    (told,) = await broken_by(look_at_database, runtime)
    assert told.startswith("clock: its clock and this machine's are 1")


async def test_a_redis_that_forgets_is_broken(runtime: Runtime) -> None:
    await runtime.redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        (told,) = await broken_by(look_at_redis, runtime)
    finally:
        await runtime.redis.config_set("maxmemory-policy", "noeviction")
    assert told.startswith("Redis: maxmemory-policy allkeys-lru")


async def test_work_that_nobody_does_is_found(runtime: Runtime, partner: PartnerCompany, clock: SettableClock) -> None:
    async with runtime.units_of_work.begin(partner.system) as work:
        work.publish(CheckoutsLeftAlone())
    clock.set(SystemClock().now() + timedelta(hours=2))
    relay, worker = await broken_by(look_at_work, runtime)
    assert relay == "relay: no relay is alive: nothing falls due"
    assert "pieces of work wait, the oldest for" in worker


async def test_a_folder_that_cannot_be_written_is_found(runtime: Runtime, tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where a folder should be")
    async with with_settings(runtime, data_directory=tmp_path) as other:
        check = next(each for each in CHECKS if each.look is look_at_files)
        (found,) = await examination._findings(check, other)
    assert (found.verdict, found.remedy) == (Verdict.BROKEN, check.remedy)
    assert "/" not in found.told, "only the kind of failure: messages may hold addresses and passwords"


async def test_mail_is_greeted_and_nothing_is_sent(runtime: Runtime) -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        async with with_settings(runtime, smtp_url=f"smtp+plain://127.0.0.1:{port}", mail_from="a@b.cn") as other:
            assert await look_at_mail(other) == [ok("mail", "the server lets us in")]
    assert inbox.envelopes == []


async def test_a_payment_providers_key_is_tried(runtime: Runtime, stripe_stand_in: StripePlatform) -> None:
    known = {"stripe_address": stripe_stand_in.address, "stripe_webhook_secret": "whsec_1"}
    async with with_settings(runtime, **known, stripe_secret_key=stripe_stand_in.key) as other:
        assert await look_at_payments(other) == [ok("payments", "the provider knows the key")]
    async with with_settings(runtime, **known, stripe_secret_key="sk_test_nobodys") as other:
        (told,) = await broken_by(look_at_payments, other)
    assert told.startswith("payments: the provider")


async def test_production_misses_what_it_needs(runtime: Runtime) -> None:
    async with with_settings(runtime, environment="production", public_url="https://yinghuo.example") as other:
        remedies = {each.remedy.split()[1] for each in await look_at_settings(other)}
    assert {"YINGHUO_SMTP_URL", "YINGHUO_METRICS_TOKEN", "YINGHUO_TRUSTED_PROXIES"} <= remedies


async def test_an_audit_log_that_was_changed_is_told_by_company(
    runtime: Runtime, partner: PartnerCompany, superuser: asyncpg.Connection
) -> None:
    async with runtime.units_of_work.begin(partner.system) as work:
        work.audit("ticket.closed", "ticket", partner.id)
    await superuser.execute("DELETE FROM audit_pending WHERE tenant_id = $1", partner.id)
    (told,) = await broken_by(look_at_audit_log, runtime)
    slug = await superuser.fetchval("SELECT slug FROM tenant WHERE id = $1", partner.id)
    assert told == f"audit log: the audit log was changed behind the program's back: {slug}"


async def test_one_server_that_is_silent_does_not_hide_the_next(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(_: Runtime) -> list[Finding]:
        await asyncio.Event().wait()
        return []

    async def fine(_: Runtime) -> list[Finding]:
        return [ok("next", "fine")]

    monkeypatch.setattr(examination, "SECONDS", 0.05)
    monkeypatch.setattr(examination, "CHECKS", (Check("silent", silent, "wake it"), Check("next", fine, "")))
    found = [each async for each in examine(runtime)]
    assert [(each.subject, each.verdict) for each in found] == [("silent", Verdict.BROKEN), ("next", Verdict.OK)]
