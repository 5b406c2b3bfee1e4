"""From the fields of the clients' forms to the structs of the use cases, and back. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

from app.assets.clients import schemas
from app.assets.clients.errors import ClientRecordInvalid
from app.assets.clients.labels import EngagementModel
from app.assets.clients.services import ContactService, DepartmentService, EmployeeService, SiteService
from app.assets.clients.validation import UNKNOWN_CITY
from app.platform.kernel.texts import N_
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.web.form_values import FormValues
from tenants.partners import city, search_cities


class RecordKind(NamedTuple):
    """One kind of record below a client: its path segment, texts, use cases and forms."""

    path: str
    title: str
    add: str
    empty: str
    service: Callable[..., Any]
    to_create: Callable[[FormValues], Any]
    to_update: Callable[[FormValues], Any]


def city_name(code: str) -> str:
    """The name that a form shows for a stored city code."""
    found = city(code)
    return "" if found is None else found.name


def city_code(name: str) -> str:
    """
    Raises:
        ClientRecordInvalid: no city is called so.
    """
    name = name.strip()
    if not name:
        return ""
    for found in search_cities(name, limit=1):
        if name in {found.name, found.name.removesuffix("市"), found.full_name, found.code}:
            return found.code
    raise ClientRecordInvalid(fields={"city": UNKNOWN_CITY})


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _client(form: FormValues) -> dict[str, Any]:
    known = {model.value for model in EngagementModel}
    return {
        "name": form["name"],
        "code": form["code"],
        "short_name": form["short_name"],
        "industry": form["industry"],
        "city_code": city_code(form["city"]),
        "time_zone": form["time_zone"] or PLATFORM_ZONE.key,
        "engagement_models": [EngagementModel(value) for value in form.checked("engagement_models") if value in known],
        "remark": form["remark"],
    }


def client_create(form: FormValues) -> schemas.ClientCreate:
    """
    Raises:
        ClientRecordInvalid: no such city.
    """
    return schemas.ClientCreate(**_client(form))


def client_update(form: FormValues) -> schemas.ClientUpdate:
    """
    Raises:
        ClientRecordInvalid: no such city.
    """
    return schemas.ClientUpdate(**_client(form), version=form.whole_number("version"))


def _site(form: FormValues) -> dict[str, Any]:
    return {
        "name": form["name"],
        "address": form["address"],
        "city_code": city_code(form["city"]),
        "phone": form["phone"],
    }


def _department(form: FormValues) -> dict[str, Any]:
    return {"name": form["name"], "cost_centre": form["cost_centre"]}


def _contact(form: FormValues) -> dict[str, Any]:
    return {
        "name": form["name"],
        "function": form["function"],
        "phone": form["phone"],
        "email": form["email"],
        "site_id": _id(form["site_id"]),
    }


def _employee(form: FormValues) -> dict[str, Any]:
    return {
        "name": form["name"],
        "employee_number": form["employee_number"],
        "phone": form["phone"],
        "email": form["email"],
        "vip": form["vip"] == "yes",
        "site_id": _id(form["site_id"]),
        "department_id": _id(form["department_id"]),
    }


RECORD_KINDS: Final[Mapping[str, RecordKind]] = {
    pages.path: pages
    for pages in (
        RecordKind(
            "sites",
            N_("网点"),
            N_("添加网点"),
            N_("网点是设备所在的地方：总部、分店、仓库。先添加一个，设备才有处可放。"),
            SiteService,
            lambda form: schemas.SiteCreate(**_site(form)),
            lambda form: schemas.SiteUpdate(**_site(form), version=form.whole_number("version")),
        ),
        RecordKind(
            "departments",
            N_("部门"),
            N_("添加部门"),
            N_("部门承担服务费用，月报按部门汇总。"),
            DepartmentService,
            lambda form: schemas.DepartmentCreate(**_department(form)),
            lambda form: schemas.DepartmentUpdate(**_department(form), version=form.whole_number("version")),
        ),
        RecordKind(
            "contacts",
            N_("联系人"),
            N_("添加联系人"),
            N_("IT 负责人、审批人、财务、前台：有事时打给谁。"),
            ContactService,
            lambda form: schemas.ContactCreate(**_contact(form)),
            lambda form: schemas.ContactUpdate(**_contact(form), version=form.whole_number("version")),
        ),
        RecordKind(
            "employees",
            N_("员工"),
            N_("添加员工"),
            N_("使用设备的人。导入设备清单时会自动建立，也可以在这里添加。"),
            EmployeeService,
            lambda form: schemas.EmployeeCreate(**_employee(form)),
            lambda form: schemas.EmployeeUpdate(**_employee(form), version=form.whole_number("version")),
        ),
    )
}
"""By path segment."""
