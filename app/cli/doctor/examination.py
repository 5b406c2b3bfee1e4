"""All checks one after another; none keeps the next from being made."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from app.cli.doctor import database_checks, record_checks, server_checks, settings_checks
from app.cli.doctor.findings import Check, Finding, broken
from app.platform.kernel.runtime import Runtime

SECONDS: Final = 15.0
"""How long a check may take that asks a server."""
LONG_SECONDS: Final = 600.0
"""How long one may take that reads all records."""
CHECKS: Final = (
    Check("settings", settings_checks.look_at_settings, "docs/operations.md lists the settings"),
    Check("database roles", database_checks.look_at_roles, database_checks.PREPARE),
    Check("PostgreSQL", database_checks.look_at_database, "look at DATABASE_URL and the server's log"),
    Check("migrations", database_checks.look_at_migrations, "./run migrate"),
    Check("isolation", database_checks.look_at_isolation, "look at DATABASE_URL and the server's log"),
    Check("Redis", server_checks.look_at_redis, "look at REDIS_URL and the server's log"),
    Check("relay and worker", server_checks.look_at_work, "look at the logs of ./run relay and ./run worker"),
    Check("files", server_checks.look_at_files, "let the program write to YINGHUO_DATA_DIRECTORY, or to the bucket"),
    Check("mail", server_checks.look_at_mail, "look at YINGHUO_SMTP_URL: user, password, port, certificate"),
    Check("payments", server_checks.look_at_payments, "look at YINGHUO_STRIPE_SECRET_KEY"),
    Check("audit log", record_checks.look_at_audit_log, "./run audit verify", takes_long=True),
    Check("books", record_checks.look_at_books, "./run ledger verify", takes_long=True),
)


async def examine(runtime: Runtime, *, quick: bool = False) -> AsyncIterator[Finding]:
    """What each check finds, as soon as it is known; `quick` leaves out what reads all records."""
    for check in CHECKS:
        if quick and check.takes_long:
            continue
        for finding in await _findings(check, runtime):
            yield finding


async def _findings(check: Check, runtime: Runtime) -> list[Finding]:
    limit = LONG_SECONDS if check.takes_long else SECONDS
    try:
        async with asyncio.timeout(limit):
            return await check.look(runtime)
    except TimeoutError:
        return [broken(check.subject, f"no answer within {limit:.0f} s", check.remedy)]
    except Exception as failure:  # noqa: BLE001 - what one server does must not hide what the next one says
        # Only its kind: a message of a driver's may hold an address with a password.
        return [broken(check.subject, type(failure).__name__, check.remedy)]
