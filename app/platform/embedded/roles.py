"""The login roles of the database, and the address that each connects by.

Who may do what in the tables is granted by the migrations; here stand only who exists and how far
nobody can go.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

DATABASE = "yinghuo"
OWNER = "yinghuo_owner"
BACKUP = "yinghuo_backup"
ROLES = (OWNER, "yinghuo_app", "yinghuo_signin", "yinghuo_sweeper", "yinghuo_network", BACKUP)


@dataclass(frozen=True, slots=True)
class RoleDsns:
    """One address per role, `postgresql://…`, all of the same database."""

    owner: str
    app: str
    signin: str
    sweeper: str
    network: str
    backup: str


def role_dsns(admin_dsn: str, password: str, database: str = DATABASE) -> RoleDsns:
    """The addresses of `database` on the server of `admin_dsn`, for roles made with `password`."""
    server = urlsplit(admin_dsn)
    address = server.netloc.rpartition("@")[2]

    def dsn(role: str) -> str:
        return urlunsplit(
            server._replace(netloc=f"yinghuo_{role}:{quote(password, safe='')}@{address}", path=f"/{database}")
        )

    return RoleDsns(**{field.name: dsn(field.name) for field in fields(RoleDsns)})


async def prepare_roles(admin_dsn: str, password: str, databases: Sequence[str] = (DATABASE,)) -> None:
    """Make the login roles and the databases that they share; what is there already is put right.

    Every role gets the same `password`. `admin_dsn` names a role that may create roles and
    databases and, for the backup role, itself bypasses row-level security.
    """
    admin = await asyncpg.connect(admin_dsn)
    try:
        async with admin.transaction():
            # Two processes that prepare the same server at once would trip over each other.
            await admin.execute("SELECT pg_advisory_xact_lock(hashtext('yinghuo roles'))")
            for role in ROLES:
                await _prepare_role(admin, role, password)
            await admin.execute(f"GRANT pg_read_all_data TO {BACKUP}")
            await admin.execute(f"ALTER ROLE {BACKUP} SET default_transaction_read_only = on")
            await admin.execute(f"GRANT {OWNER} TO CURRENT_USER")
        for database in databases:
            await _prepare_database(admin, database)
    finally:
        await admin.close()
    for database in databases:
        await _prepare_schema(dsn_of_database(admin_dsn, database))


async def _prepare_role(admin: asyncpg.Connection, role: str, password: str) -> None:
    existing = await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
    verb = "ALTER" if existing else "CREATE"
    bypass = "BYPASSRLS" if role == BACKUP else "NOBYPASSRLS"
    # Utility statements take no parameters, so the server itself quotes the password.
    statement = await admin.fetchval(
        f"SELECT format('{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE "
        f"NOREPLICATION {bypass} PASSWORD %L', $1::text)",
        password,
    )
    await admin.execute(statement)


async def _prepare_database(admin: asyncpg.Connection, database: str) -> None:
    name = await admin.fetchval("SELECT quote_ident($1)", database)
    if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
        # Another process may have made it since we looked.
        with contextlib.suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            await admin.execute(f"CREATE DATABASE {name} OWNER {OWNER}")
    await admin.execute(f"ALTER DATABASE {name} OWNER TO {OWNER}")
    await admin.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    await admin.execute(f"GRANT CONNECT ON DATABASE {name} TO {', '.join(ROLES)}")


async def _prepare_schema(dsn: str) -> None:
    admin = await asyncpg.connect(dsn)
    try:
        await admin.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        await admin.execute(f"GRANT USAGE ON SCHEMA public TO {', '.join(ROLES)}")
        await admin.execute(f"GRANT CREATE ON SCHEMA public TO {OWNER}")
    finally:
        await admin.close()


def dsn_of_database(dsn: str, database: str) -> str:
    """The address of another database of the same server."""
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{quote(database, safe='')}"))
