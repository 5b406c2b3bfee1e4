"""What becomes of a client's own rows when its company is forgotten: the company and its places bear pseudonyms, of its
people nothing is left. Documents that name them were issued before, and stay."""

import hashlib
from uuid import UUID

from sqlalchemy import delete, select, update

from app.assets.clients.labels import RecordState
from app.assets.clients.models import Client, Contact, Department, Employee, Site
from app.platform.kernel.client_company import Company

_INACTIVE = RecordState.INACTIVE


async def client(company: Company) -> int:
    """Industry and city stay: by them the figures of the past are counted."""
    return await company.change(
        Client,
        (Client.id == company.client_id,),
        name=company.pseudonym,
        short_name=company.pseudonym,
        code=f"erased-{company.client_id.hex[:20]}",
        remark="",
        state=_INACTIVE,
        version=Client.version + 1,
    )


async def sites(company: Company) -> int:
    """The city stays."""
    rows = (await company.session.scalars(select(Site).where(*company.own(Site)))).all()
    for row in rows:
        row.name, row.address, row.phone = _pseudonym("网点", row.id), "", ""
        row.state, row.version = _INACTIVE, row.version + 1
    await company.session.flush()
    return len(rows)


async def departments(company: Company) -> int:
    """Their figures stay, under pseudonyms."""
    rows = (await company.session.scalars(select(Department).where(*company.own(Department)))).all()
    for row in rows:
        row.name, row.cost_centre = _pseudonym("部门", row.id), ""
        row.state, row.version = _INACTIVE, row.version + 1
    await company.session.flush()
    return len(rows)


def _pseudonym(kind: str, record_id: UUID) -> str:
    """Deterministic, not reversible, and no two of one client the same."""
    return f"{kind}-{hashlib.sha256(record_id.bytes).hexdigest()[:12].upper()}"


async def contacts(company: Company) -> int:
    """Nothing names a contact."""
    return await company.count(delete(Contact).where(*company.own(Contact)))


async def employees(company: Company) -> int:
    """Each was erased before as a person; what is left is that they are out of use."""
    out_of_use = update(Employee).where(*company.own(Employee), Employee.state != _INACTIVE)
    return await company.count(out_of_use.values(state=_INACTIVE, phone="", email="", employee_number=""))
