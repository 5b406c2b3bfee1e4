"""Engines, one per database role, and the session that binds every transaction to its actor."""

from typing import Any

import msgspec
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria

from app.platform.kernel import connection_pool
from app.platform.kernel.model import ClientRing, TenantModel
from app.platform.kernel.row_scope import RowScope
from app.platform.kernel.transactions import begin_with_context

_encode = msgspec.json.Encoder().encode


class SessionWithoutActor(RuntimeError):
    """A transaction was begun without saying for whom: programming error, never an answer to a user."""


def create_engine(address: str, *, pool_size: int, application_name: str) -> AsyncEngine:
    """An engine for one role. Statements time out after 30 s, locks after 10 s: a request never hangs for good.

    What a statement was given stays out of errors, and so out of logs."""
    engine = create_async_engine(
        address,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_recycle=1800,
        hide_parameters=True,
        json_serializer=lambda value: _encode(value).decode(),
        json_deserializer=msgspec.json.decode,
        connect_args={
            "async_creator_fn": connection_pool.connect,
            "server_settings": {
                "application_name": application_name,
                "statement_timeout": "30000",
                "lock_timeout": "10000",
                "idle_in_transaction_session_timeout": "60000",
                "jit": "off",
            },
        },
    )
    connection_pool.discard_dead_connections(engine)
    return engine


class ActorSession(Session):
    """A session whose every transaction starts with `SET LOCAL app.actor` and whose every ORM statement names the
    tenant (and the client, for inner rings) on each table it touches, narrowed for staff who are held to some clients
    (`app.platform.kernel.row_scope`)."""


@event.listens_for(ActorSession, "after_begin")
def _bind_context(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if transaction.nested:
        return
    context = session.info.get("context")
    if context is None:
        raise SessionWithoutActor("this session was given no actor")
    begin_with_context(connection, context, session.info.get("mode", ""))


@event.listens_for(ActorSession, "do_orm_execute")
def _name_the_tenant(state: ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load or state.is_insert:
        return
    options: list[Any] = []
    tenant_id = state.session.info.get("tenant_id")
    if tenant_id is None:
        raise SessionWithoutActor("this session was given no actor")
    options.append(with_loader_criteria(TenantModel, lambda cls: cls.tenant_id == tenant_id, include_aliases=True))
    client_id = state.session.info.get("client_id")
    if client_id is not None:
        options.append(with_loader_criteria(ClientRing, lambda cls: cls.client_id == client_id, include_aliases=True))
    if not state.execution_options.get("whole_tenant"):
        scope: RowScope | None = state.session.info.get("row_scope")
        options.extend(scope.criteria(state.statement) if scope is not None else ())
    options.extend(state.session.info.get("private_rows", ()))
    state.statement = state.statement.options(*options)


def session_factory(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions bound to their actor. Objects stay readable after the commit; nothing loads by itself."""
    return async_sessionmaker(engine, sync_session_class=ActorSession, expire_on_commit=False, autoflush=False)
