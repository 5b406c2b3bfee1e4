"""Carrying out the erasure of a client's company, as the owner role (docs/adr/0013-erasure-by-the-owner-role.md).

First nothing may be open, under the lock of the client's row; then its people are erased one by one as persons, each in
a transaction of its own; then the areas forget the company, in one. Killed in between it goes on where it stopped.
"""

import hashlib
from typing import Final
from uuid import UUID

from sqlalchemy import Table, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.assets.clients import RecordState
from app.assets.clients.models import Client, Contact, Employee, Site
from app.data_exchange.personal_data.models import ClientErasure
from app.data_exchange.personal_data.services.client_erasures import locked_client, open_matters
from app.data_exchange.personal_data.services.erasure import SHORTEST_NAME, SHORTEST_NUMBER, forget_person, is_erased
from app.data_exchange.personal_data.states import CLIENT_ERASURE, ClientErasureMove, ClientErasureState
from app.people.identity import Membership, forget_accounts
from app.platform.kernel.actor import Actor
from app.platform.kernel.areas import areas, gathered
from app.platform.kernel.client_company import Company
from app.platform.kernel.invariants import present
from app.platform.kernel.model import Model
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory

SHORTEST_ADDRESS: Final = 6


def pseudonym_of_client(client_id: UUID) -> str:
    """The company's pseudonym: deterministic, and not reversible."""
    return f"客户-{hashlib.sha256(client_id.bytes).hexdigest()[:6].upper()}"


async def erase_company(owner: UnitOfWorkFactory, signin: AsyncEngine, tenant_id: UUID, erasure_id: UUID) -> None:
    """Carry out the request as far as it is not done. `signin` sees the memberships of all companies."""
    system = Actor.system(tenant_id)
    async with owner.begin(system) as work:
        people = await _begin(work, erasure_id)
    for employee_id in people:
        async with owner.begin(system) as work:
            await _forget_employee(work, employee_id)
    async with owner.begin(system) as work:
        account_ids = await _finish(work, erasure_id, len(people))
    if account_ids:
        async with signin.begin() as connection:
            await forget_accounts(connection, account_ids)
        async with owner.begin(system) as work:
            row = await work.session.get_one(ClientErasure, (tenant_id, erasure_id), with_for_update=True)
            row.account_ids = []


async def _begin(work: UnitOfWork, erasure_id: UUID) -> list[UUID]:
    """The client's employees, where the erasure is under way from here on."""
    row = await _locked(work, erasure_id)
    if row is None or row.state in (ClientErasureState.DONE, ClientErasureState.REFUSED):
        return []
    client = present(await locked_client(work.session, row.client_id), "a request names a client that is there")
    if row.state == ClientErasureState.REQUESTED:
        found = await open_matters(work.session, client.id, work.now)
        if found:
            row.state = CLIENT_ERASURE.after(ClientErasureMove.REFUSE, row.state)
            row.done_at = work.now
            row.result = {"open": {matter.label: count for matter, count in found}}
            work.audit("client.erasure_refused", "client", client.id, request=row.id)
            return []
        row.state = CLIENT_ERASURE.after(ClientErasureMove.BEGIN, row.state)
        client.state, client.erased_at = RecordState.INACTIVE, work.now
    employees = await work.session.scalars(
        select(Employee.id).where(Employee.client_id == client.id).order_by(Employee.id)
    )
    return list(employees)


async def _forget_employee(work: UnitOfWork, employee_id: UUID) -> None:
    employee = await work.session.scalar(select(Employee).where(Employee.id == employee_id).with_for_update())
    if employee is not None and not is_erased(employee):
        await forget_person(work.session, employee)


async def _finish(work: UnitOfWork, erasure_id: UUID, people: int) -> list[UUID]:
    """Forget the company; the accounts that may belong nowhere now."""
    row = await _locked(work, erasure_id)
    if row is None or row.state == ClientErasureState.DONE:
        return [] if row is None else [UUID(each) for each in row.account_ids]
    if row.state != ClientErasureState.RUNNING:
        return []
    session = work.session
    client = present(await locked_client(session, row.client_id), "a request names a client that is there")
    accounts = await session.scalars(select(Membership.account_id).where(Membership.client_id == client.id).distinct())
    row.account_ids = [str(each) for each in accounts]
    company = await _company(session, client)
    changed = await _forget_texts(company)
    for area in areas():
        for table, name in area.forgotten_with_client.items():
            changed[table] = await area.load(name)(company)
    row.state = CLIENT_ERASURE.after(ClientErasureMove.FINISH, row.state)
    row.done_at = work.now
    kept = {table: str(reason) for table, reason in gathered("kept_of_client").items()}
    row.result = {
        "people": people,
        "changed": {table: rows for table, rows in sorted(changed.items()) if rows},
        "kept": kept,
    }
    work.audit("client.erased", "client", client.id, request=row.id)
    await session.flush()
    return [UUID(each) for each in row.account_ids]


async def _company(session: AsyncSession, client: Client) -> Company:
    """The company as the areas meet it, before anything of it is forgotten."""
    of_client = client.id
    pseudonym = pseudonym_of_client(client.id)
    contacts = select(Contact.name, Contact.phone, Contact.email).where(Contact.client_id == of_client)
    members = select(Membership.display_name, Membership.mobile, Membership.email).where(
        Membership.client_id == of_client
    )
    people = [*(await session.execute(contacts)), *(await session.execute(members))]
    places = await session.execute(select(Site.address, Site.phone).where(Site.client_id == of_client))
    words = {
        **{name: pseudonym for name in (client.name, client.short_name) if len(name) >= SHORTEST_NAME},
        **{name: pseudonym for name, _, _ in people if len(name) >= SHORTEST_NAME},
        **{each: "" for row in people for each in row[1:] if len(each) >= SHORTEST_NUMBER},
        **{each: "" for row in places for each in row if len(each) >= SHORTEST_ADDRESS},
    }
    return Company(
        session=session,
        tenant_id=client.tenant_id,
        client_id=client.id,
        pseudonym=pseudonym,
        words=sorted(words.items(), key=lambda pair: (-len(pair[0]), pair[0])),
        addresses=sorted({each for row in people for each in row[1:] if each}),
    )


async def _forget_texts(company: Company) -> dict[str, int]:
    """Rows in which the company's words were replaced, by table: of the columns that areas name in `client_texts`."""
    changed: dict[str, int] = {}
    for name, columns in gathered("client_texts").items():
        table: Table = Model.metadata.tables[name]
        texts = [table.columns[column] for column in columns]
        named = or_(*(text.contains(word, autoescape=True) for text in texts for word, _ in company.words))
        of_client = (table.c.tenant_id == company.tenant_id, table.c.client_id == company.client_id)
        values = {text.name: company.without(text) for text in texts}
        changed[name] = await company.count(update(table).where(*of_client, named).values(values))
    return changed


async def _locked(work: UnitOfWork, erasure_id: UUID) -> ClientErasure | None:
    found: ClientErasure | None = await work.session.scalar(
        select(ClientErasure)
        .where(ClientErasure.id == erasure_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found
