"""PostgreSQL: roles and what they may, row-level security, collation, clock, migrations."""

from typing import Any, Final

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from app.cli.doctor.findings import Finding, broken, ok, warning
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import DatabaseRole
from app.platform.kernel.time_source import SystemClock
from tenants.rls import GLOBAL_TABLES, SIGNIN_TABLES

ROLES: Final[tuple[DatabaseRole, ...]] = ("app", "signin", "sweeper", "network", "owner")
CLOCK_WARNING_SECONDS, CLOCK_BROKEN_SECONDS = 2.0, 30.0
OLDEST_VERSION: Final = 15
PREPARE: Final = "./run db prepare makes the roles and puts their rights right"

_SELF: Final = text(
    "SELECT rolsuper OR rolcreaterole OR rolcreatedb AS mighty, rolbypassrls AS bypasses FROM pg_roles "
    "WHERE rolname = current_user"
)
_UNPROTECTED: Final = text(
    "SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') "
    "AND NOT c.relispartition AND c.relname <> 'alembic_version' AND NOT (c.relrowsecurity AND c.relforcerowsecurity "
    "AND EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid)) ORDER BY c.relname"
)
_OWNED: Final = text(
    "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace "
    "AND pg_has_role(current_user, relowner, 'usage')"
)
_READABLE: Final = text("SELECT has_table_privilege(current_user, to_regclass(:name), 'SELECT')")
_DATABASE: Final = text(
    "SELECT current_setting('server_version_num')::int / 10000 AS version, "
    "pg_encoding_to_char(encoding) AS encoding, datcollate AS collation FROM pg_database "
    "WHERE datname = current_database()"
)


async def _rows(connection: AsyncConnection, statement: Any, **parameters: Any) -> list[Any]:
    return list((await connection.execute(statement, parameters)).all())


async def look_at_roles(runtime: Runtime) -> list[Finding]:
    """Whether each role gets in, and none may more than it needs."""
    found = []
    for role in ROLES:
        subject = f"database role {role}"
        engine = create_async_engine(runtime.settings.database_address(role), poolclass=NullPool)
        try:
            async with engine.connect() as connection:
                ((mighty, bypasses),) = await _rows(connection, _SELF)
        except Exception as failure:  # noqa: BLE001 - whatever keeps it out is what the operator has to read
            if role == "owner":
                # Only migrations and erasures need it: it may be kept from the web's machines.
                found.append(warning(subject, f"does not get in: {_first_line(failure)}", PREPARE))
            else:
                found.append(broken(subject, f"does not get in: {_first_line(failure)}", PREPARE))
            continue
        finally:
            await engine.dispose()
        if mighty or bypasses:
            found.append(broken(subject, "may more than it needs: nothing keeps companies apart", PREPARE))
        else:
            found.append(ok(subject, "gets in, and has no more rights than it needs"))
    return found


async def look_at_isolation(runtime: Runtime) -> list[Finding]:
    """Row-level security, and who can look past it. As the app role sees it."""
    subject, found = "isolation", []
    async with runtime.engine("app").connect() as connection:
        unprotected = [name for (name,) in await _rows(connection, _UNPROTECTED) if name not in GLOBAL_TABLES]
        ((owned,),) = await _rows(connection, _OWNED)
        readable = [
            name for name in sorted(SIGNIN_TABLES) if (await _rows(connection, _READABLE, name=f"public.{name}"))[0][0]
        ]
    if unprotected:
        told = f"tables without row-level security: {', '.join(unprotected)}"
        found.append(broken(subject, told, "stop the web, and take the policies from the migrations again"))
    if owned:
        found.append(broken(subject, f"the app role owns {owned} tables: policies do not hold for owners", PREPARE))
    if readable:
        told = f"the app role may read {', '.join(readable)}"
        found.append(broken(subject, told, "REVOKE ALL ON these FROM yinghuo_app"))
    return found or [ok(subject, "every table is kept apart by the database")]


async def look_at_database(runtime: Runtime) -> list[Finding]:
    """Version, encoding, collation, clock."""
    async with runtime.engine("app").connect() as connection:
        ((version, encoding, collation),) = await _rows(connection, _DATABASE)
        before = SystemClock().now()
        ((theirs,),) = await _rows(connection, text("SELECT clock_timestamp()"))
        after = SystemClock().now()
    found = []
    if version < OLDEST_VERSION:
        found.append(broken("PostgreSQL", f"version {version}", f"move to version {OLDEST_VERSION} or newer"))
    if encoding != "UTF8":
        found.append(broken("PostgreSQL", f"encoding {encoding}", "make the database anew with ENCODING 'UTF8'"))
    if collation not in ("C", "C.UTF-8", "C.utf8"):
        told = f"collation {collation}: indexes break when the operating system changes its rules"
        found.append(warning("PostgreSQL", told, "make the database anew with the collation C.UTF-8 when you move it"))
    away = max(0.0, (before - theirs).total_seconds(), (theirs - after).total_seconds())
    if away > CLOCK_WARNING_SECONDS:
        say = broken if away > CLOCK_BROKEN_SECONDS else warning
        told = f"its clock and this machine's are {away:.0f} s apart: promises and sessions are measured by both"
        found.append(say("clock", told, "let both follow the same time server (chrony)"))
    return found or [ok("PostgreSQL", f"version {version}, {encoding}, {collation}, its clock agrees")]


async def look_at_migrations(runtime: Runtime) -> list[Finding]:
    """Whether the tables are those of this program."""
    script = ScriptDirectory.from_config(Config("alembic.ini"))
    wanted, known = script.get_current_head(), {each.revision for each in script.walk_revisions()}
    engine = create_async_engine(runtime.settings.database_address("owner"), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            present = [revision for (revision,) in await _rows(connection, text("SELECT * FROM alembic_version"))]
    finally:
        await engine.dispose()
    if present == [wanted]:
        return [ok("migrations", f"at {wanted}")]
    if any(each not in known for each in present):
        told = f"the tables are at {', '.join(present)}, newer than this program, which knows {wanted}"
        return [broken("migrations", told, "start the program of that version, or restore the database of this one")]
    told = f"the tables are at {', '.join(present) or 'nothing'}, the program wants {wanted}"
    return [broken("migrations", told, "./run migrate")]


def _first_line(failure: BaseException) -> str:
    said = str(getattr(failure, "orig", None) or failure)
    return next(iter(said.splitlines()), "") or type(failure).__name__
