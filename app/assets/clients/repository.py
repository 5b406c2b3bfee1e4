"""Queries of the clients' area, the same shape for every kind of record: select columns, write one statement."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, func, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients import models, schemas
from app.assets.clients.errors import ClientRecordInvalid, CodeTaken, NameTaken
from app.assets.clients.labels import RecordState
from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.model import TenantModel
from app.platform.kernel.text_search import contains, matches_search
from app.platform.kernel.texts import N_

View = TypeVar("View", bound=msgspec.Struct)

FOREIGN_RECORD = N_("请从这家客户的列表中选择。")


class RecordRepository(Generic[View]):
    """The rows of one table as structs. Rows that the session's actor may not see do not exist."""

    def __init__(self, session: AsyncSession, model: type[TenantModel], view: type[View]) -> None:
        self._session = session
        self._model: Any = model
        self._view = view
        self._columns = columns_of(view, model)

    def _to_view(self, row: Any) -> View:
        return msgspec.convert(dict(row._mapping), self._view)  # noqa: SLF001 - SQLAlchemy's documented name

    async def get(self, *conditions: ColumnElement[bool]) -> View:
        """
        Raises:
            NotFound: no such row for this actor.
        """
        row = (await self._session.execute(select(*self._columns).where(*conditions))).first()
        if row is None:
            raise NotFound
        return self._to_view(row)

    async def list(
        self, *conditions: ColumnElement[bool], after: schemas.NamePosition | None = None, limit: int = 1000
    ) -> list[View]:
        """Rows by name, those behind `after` only."""
        statement = select(*self._columns).where(*conditions).order_by(self._model.name, self._model.id).limit(limit)
        if after is not None:
            statement = statement.where(tuple_(self._model.name, self._model.id) > tuple_(after.name, after.id))
        return [self._to_view(row) for row in await self._session.execute(statement)]

    async def add(self, values: dict[str, Any]) -> View:
        """
        Raises:
            CodeTaken, NameTaken, ClientRecordInvalid: as the table's keys say.
        """
        return self._to_view(await self._execute(insert(self._model).values(values).returning(*self._columns)))

    async def change(self, version: int, values: dict[str, Any], *conditions: ColumnElement[bool]) -> View:
        """Write `values` over the row that still has `version`.

        Raises:
            StaleVersion: changed since it was read.
            NotFound: no such row for this actor.
            CodeTaken, NameTaken, ClientRecordInvalid: as the table's keys say.
        """
        row = await self._execute(
            update(self._model)
            .where(*conditions, self._model.version == version)
            .values(**values, version=version + 1)
            .returning(*self._columns)
            .execution_options(synchronize_session=False)
        )
        if row is None:
            await self.get(*conditions)
            raise StaleVersion
        return self._to_view(row)

    async def _execute(self, statement: Any) -> Any:
        try:
            return (await self._session.execute(statement)).first()
        except IntegrityError as error:
            raise _error_of(str(error.orig)) from error


def _error_of(message: str) -> Exception:
    """The error for a violated key."""
    if "uq_client_code" in message:
        return CodeTaken()
    if "_client_id_name" in message:
        return NameTaken()
    for field in ("site_id", "department_id"):
        if f"_{field}" in message:
            return ClientRecordInvalid(fields={field: FOREIGN_RECORD})
    return NotFound()


def matching_clients(wanted: schemas.ClientFilter) -> list[ColumnElement[bool]]:
    """The conditions of a list of clients."""
    client = models.Client
    conditions = [matches_search(wanted.text, client_matches)]
    if wanted.industry:
        conditions.append(client.industry == wanted.industry)
    if wanted.city_code:
        conditions.append(client.city_code == wanted.city_code)
    if wanted.state is not None:
        conditions.append(client.state == wanted.state)
    return conditions


def client_matches(word: str) -> ColumnElement[bool]:
    """Condition: a word is found in the client's names or its portal address."""
    return contains(word, models.Client.name, models.Client.short_name, models.Client.code)


def matching_employees(text: str, phone: str) -> ColumnElement[bool]:
    """Any part of name, telephone and employee number; or a whole telephone number, `phone` as it is stored."""
    employee = models.Employee

    def word_matches(word: str) -> ColumnElement[bool]:
        return contains(word, employee.name, employee.phone, employee.employee_number)

    matches = matches_search(text, word_matches)
    return or_(matches, employee.phone == phone) if phone else matches


async def client_counts_by(session: AsyncSession, column: Any) -> list[schemas.ClientCount]:
    """How the active clients spread over the values of `column`, most first."""
    clients = func.count()
    rows = await session.execute(
        select(column, clients)
        .where(models.Client.state == RecordState.ACTIVE)
        .group_by(column)
        .order_by(clients.desc(), column)
    )
    return [schemas.ClientCount(value, number) for value, number in rows]


async def active_counts(session: AsyncSession, client_id: UUID) -> dict[str, int]:
    """How many active sites, departments, contacts and employees a client has, by table."""
    kinds: Sequence[Any] = (models.Site, models.Department, models.Contact, models.Employee)
    counted = [
        select(func.count())
        .where(kind.client_id == client_id, kind.state == RecordState.ACTIVE)
        .scalar_subquery()
        .label(kind.__tablename__)
        for kind in kinds
    ]
    row = (await session.execute(select(*counted))).one()
    return {kind.__tablename__: row[place] for place, kind in enumerate(kinds)}
