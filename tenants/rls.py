"""Row-level security as SQL text: which rows each isolation class of tables grants to whom.

Three rings: tenant, client, reporter. The context is one setting, `app.actor = 'tenant/scope/client/reporter'`. One
permissive policy per command; no sub-queries, no RESTRICTIVE (Citus silently drops those). The column is never cast.
"""

from collections.abc import Iterator
from typing import cast

from sqlalchemy import Table

from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.model import Isolation, Model

GLOBAL_TABLES = {
    "account": "a person may belong to several tenants; only the signin role reads it",
    "session": "read before an actor exists; only the signin role reads it",
    "account_second_factor": "asked for before an actor exists; only the signin role reads it",
    "account_recovery_code": "asked for before an actor exists; only the signin role reads it",
    "account_subject": "whom an identity provider knows an account as; only the signin role reads it",
    "account_token": "password resets arrive without a tenant; only the signin role reads it",
    "known_attempt": "tries before an actor exists; only the signin role counts them",
    "plan_version": "what headquarters sells to its partners; written by headquarters only",
    "standard_price": "headquarters' service products and the bounds of their prices, for all partners",
    "tax_item": "as what kinds of charges are taxed, for all partners",
    "tax_rate": "the state's tax rates, for all partners",
    "tenant": "the list of tenants itself: id, name, state, authorised categories (public); no content",
}
"""Tables without `tenant_id`, with the reason why each may stand outside the tenants."""

SIGNIN_TABLES = frozenset(
    {
        "account",
        "account_recovery_code",
        "account_second_factor",
        "account_subject",
        "account_token",
        "known_attempt",
        "session",
    }
)
"""Global tables that the app role may not touch at all."""

_CONTEXT_FIELD = "nullif(split_part(current_setting('app.actor', true), '/', {}), '')::uuid"
TENANT = f"tenant_id = {_CONTEXT_FIELD.format(1)}"
SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
IS_HQ = f"{_CONTEXT_FIELD.format(1)} = '{HQ_TENANT_ID}'::uuid"


def read_condition(table: Table, isolation: Isolation) -> str:
    """Which rows the present context may see."""
    client = "id" if table.name == "client" else "client_id"
    own_client = f"WHEN 'client' THEN {client} = {_CONTEXT_FIELD.format(3)}"
    own_reports = (
        f"WHEN 'reporter' THEN {'id' if table.name == 'reporter' else 'reporter_id'} = {_CONTEXT_FIELD.format(4)}"
    )
    match isolation:
        case Isolation.PROVIDER:
            return f"{TENANT} AND {SCOPE} = 'tenant'"
        case Isolation.SHARED_READ:
            return f"{TENANT} AND {SCOPE} IN ('tenant', 'client', 'reporter', 'public')"
        case Isolation.CLIENT:
            return f"{TENANT} AND CASE {SCOPE} WHEN 'tenant' THEN true {own_client} ELSE false END"
        case Isolation.REPORTER:
            return f"{TENANT} AND CASE {SCOPE} WHEN 'tenant' THEN true {own_client} {own_reports} ELSE false END"
        case Isolation.GLOBAL:
            raise ValueError(f"{table.name} is global")


WRITE_CONDITION = f"{TENANT} AND {SCOPE} = 'tenant'"

GLOBAL_READERS = {"tenant": ("signin", "network", "sweeper")}
"""Global tables that special roles read too."""

CROSS_TENANT_READERS = {
    "audit_pending": ("sweeper",),
    "due_entry": ("sweeper",),
    "gateway_connection": ("signin",),
    "membership": ("signin",),
    "client": ("signin",),
    "role": ("signin",),
    "team_client": ("signin",),
    "team_member": ("signin",),
    "member_client": ("signin",),
    "reporter": ("signin",),
    "books_check": ("network",),
    "finance_fact": ("network",),
    "plan_subscription": ("network",),
    "royalty_fact": ("network",),
    "quality_day": ("network",),
    "quality_rollup": ("network",),
    "partner": ("network",),
}
"""Tenant tables that one special role reads across tenants: sweeps, the sign-in look-up, headquarters' figures."""


def isolation_of(model: type[Model]) -> Isolation:
    """
    Raises:
        LookupError: when the table does not say which class it is.
    """
    declared = model.__dict__.get("__isolation__")
    if declared is None:
        raise LookupError(f"{model.__name__} must declare __isolation__")
    return Isolation(declared)


def isolation_statements(model: type[Model]) -> Iterator[str]:
    """The SQL statements that enable row-level security on one table."""
    table = cast("Table", model.__table__)
    yield f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table.name} FORCE ROW LEVEL SECURITY"
    isolation = isolation_of(model)
    yield f"GRANT SELECT ON {table.name} TO yinghuo_backup"
    if table.name in SIGNIN_TABLES:
        yield from _signin_statements(table.name)
    elif isolation is Isolation.GLOBAL:
        yield from _global_statements(table.name)
    else:
        yield from _tenant_statements(table.name, read_condition(table, isolation), append_only=model.__append_only__)


def _policy(table: str, role: str, command: str, *, using: str = "", check: str = "") -> str:
    clauses = (f" USING ({using})" if using else "") + (f" WITH CHECK ({check})" if check else "")
    name = f"{table}_{role}_{command.lower()}"
    return f"CREATE POLICY {name} ON {table} FOR {command} TO yinghuo_{role}{clauses}"


def _tenant_statements(table: str, readable: str, *, append_only: bool) -> Iterator[str]:
    yield f"GRANT {'SELECT, INSERT' if append_only else 'SELECT, INSERT, UPDATE, DELETE'} ON {table} TO yinghuo_app"
    for role in ("app", "owner"):
        yield _policy(table, role, "SELECT", using=readable)
        yield _policy(table, role, "INSERT", check=WRITE_CONDITION)
        if append_only and role == "app":
            continue
        yield _policy(table, role, "UPDATE", using=WRITE_CONDITION, check=WRITE_CONDITION)
        yield _policy(table, role, "DELETE", using=WRITE_CONDITION)
    for role in CROSS_TENANT_READERS.get(table, ()):
        yield f"GRANT SELECT ON {table} TO yinghuo_{role}"
        yield _policy(table, role, "SELECT", using="true")


def _signin_statements(table: str) -> Iterator[str]:
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO yinghuo_signin"
    yield _policy(table, "signin", "ALL", using="true", check="true")


def _global_statements(table: str) -> Iterator[str]:
    headquarters = f"{IS_HQ} AND {SCOPE} = 'tenant'"
    yield f"GRANT SELECT, INSERT, UPDATE ON {table} TO yinghuo_app"
    for role in ("app", "owner"):
        yield _policy(table, role, "SELECT", using="true")
        yield _policy(table, role, "INSERT", check=headquarters)
        yield _policy(table, role, "UPDATE", using=headquarters, check=headquarters)
    for role in GLOBAL_READERS.get(table, ()):
        yield f"GRANT SELECT ON {table} TO yinghuo_{role}"
        yield _policy(table, role, "SELECT", using="true")
