"""What becomes of a client's own rows when its company is forgotten: the company and its places bear pseudonyms, of its
people nothing is left. Documents that name them were issued before, and stay."""

from sqlalchemy import String, cast, delete, func, update

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
    name = func.concat("网点-", func.left(func.upper(func.md5(cast(Site.id, String))), 6))
    return await company.change(
        Site, company.own(Site), name=name, address="", phone="", state=_INACTIVE, version=Site.version + 1
    )


async def departments(company: Company) -> int:
    """Their figures stay, under pseudonyms."""
    name = func.concat("部门-", func.left(func.upper(func.md5(cast(Department.id, String))), 6))
    return await company.change(
        Department,
        company.own(Department),
        name=name,
        cost_centre="",
        state=_INACTIVE,
        version=Department.version + 1,
    )


async def contacts(company: Company) -> int:
    """Nothing names a contact."""
    return await company.count(delete(Contact).where(*company.own(Contact)))


async def employees(company: Company) -> int:
    """Each was erased before as a person; what is left is that they are out of use."""
    out_of_use = update(Employee).where(*company.own(Employee), Employee.state != _INACTIVE)
    return await company.count(out_of_use.values(state=_INACTIVE, phone="", email="", employee_number=""))
