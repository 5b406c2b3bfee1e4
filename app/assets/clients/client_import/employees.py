"""The list of employees, of one client or of several. Who is not in it stays; who has left is not brought back."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.assets.clients.client_import.client_names import CLIENT_FIELD, CLIENT_MESSAGES, ClientNames
from app.assets.clients.client_import.employee_matching import (
    EmployeeMatch,
    KnownEmployee,
    ListedPerson,
    PersonDescription,
    described_people,
)
from app.assets.clients.client_import.known_records import KnownRecords, known_records
from app.assets.clients.client_import.owner import (
    CLIENT_OWNER,
    SITE_MESSAGES,
    department_field,
    known_sites,
    site_field,
)
from app.assets.clients.events import EmployeeStateChanged
from app.assets.clients.labels import RecordState
from app.assets.clients.models import Employee
from app.people.identity import follow_employee_state
from app.platform.imports.declaration import Field, Home, ImportedList, ImportKind, UniqueField
from app.platform.imports.people_changes import PeopleChanges
from app.platform.imports.reading.column_proposals import LIKE_EMAIL, LIKE_PERSON, LIKE_PHONE
from app.platform.imports.reading.converters import (
    choice_field,
    code_field,
    email_field,
    flag_field,
    phone_field,
)
from app.platform.imports.reading.issues import RowIssue, Severity
from app.platform.imports.reading.person_names import comparison_key, person_field
from app.platform.imports.reading.rows import ParsedRow
from app.platform.imports.records import RecordPlan
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

_STATES: Final = dict.fromkeys(
    ("在职", "在岗", "试用", "正式", "实习", "active", "employed"), "active"
) | dict.fromkeys(("离职", "已离职", "停用", "退休", "inactive", "left", "terminated"), "inactive")
_FIELD_OF: Final = {"site_id": "site", "department_id": "department", "vip": "is_vip", "state": "status"}


class EmployeeDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a list of employees."""

    name: str
    client: str | None = None
    employee_number: str | None = None
    department: str | None = None
    site: str | None = None
    phone: str | None = None
    email: str | None = None
    is_vip: bool | None = None
    status: str | None = None

    @property
    def person(self) -> ListedPerson:
        """The employee whom the row means."""
        return ListedPerson(
            self.name, self.department or "", self.employee_number or "", self.email or "", self.phone or ""
        )


class EmployeePlan(RecordPlan):
    """Employees, and the sites and departments that they bring along."""

    known: dict[UUID, KnownRecords]


class EmployeeImporter:
    """An employee is known by number, e-mail address or telephone with the name, or by the name where nothing
    contradicts it (`employee_matching.py`)."""

    def __init__(self, the_list: ImportedList) -> None:
        self._list = the_list
        self._listed: dict[UUID, int] = {}
        """Employee → the row that means them."""
        of_clients: dict[str, list[ListedPerson]] = defaultdict(list)
        for row in the_list.rows:
            if row.values is not None:
                of_clients[comparison_key(row.values.client or "")].append(row.values.person)
        self._described: dict[str, dict[str, set[PersonDescription]]] = {
            client: described_people(people) for client, people in of_clients.items()
        }

    async def plan(self, work: UnitOfWork, rows: Sequence[ParsedRow], *, lock: bool) -> EmployeePlan:
        """Who is new, and of whom the list says something else."""
        clients, chosen = await ClientNames.of(work.session), self._list.client_id
        found = [(row, clients.find(row.values.client, chosen)) for row in rows if row.values is not None]
        listed: dict[UUID, list[ListedPerson]] = defaultdict(list)
        for row, client in found:
            if client.id is not None:
                listed[client.id].append(row.values.person)
        known = {id_: await known_records(work.session, id_, people) for id_, people in listed.items()}
        ids = [person for each in known.values() for person in each.people.by_id]
        statement = select(Employee).where(Employee.id.in_(ids)).order_by(Employee.id)
        stored = {
            each.id: each for each in await work.session.scalars(statement.with_for_update() if lock else statement)
        }
        changes = await PeopleChanges.of(work.session, "employee", ids, self._list.changes_since)
        plan = EmployeePlan(changes, _FIELD_OF, refused=len(rows) - len(found))
        plan.known = known
        for row, client in found:
            if client.id is None:
                plan.refuse(row, "client", client.issue, value=row.values.client or "")
            else:
                self._add(work, plan, row, client.id, stored)
        along = plan.brought_along
        along.sites = [name for each in known.values() for name in each.new_sites]
        along.departments = [name for each in known.values() for name in each.new_departments]
        if chosen is not None and not lock:
            along.not_listed = await self._not_listed(work, chosen, stored)
        return plan

    def _add(
        self, work: UnitOfWork, plan: EmployeePlan, row: ParsedRow, client_id: UUID, stored: dict[UUID, Employee]
    ) -> None:
        draft, known = row.values, plan.known[client_id]
        person, values = draft.person, self._values(work, row, known)
        department_id = values.get("department_id")
        listed = self._described[comparison_key(draft.client or "")].get(comparison_key(draft.name), set())
        match = known.people.match(person, department_id, listed)
        if match.doubt == "left" and draft.status == RecordState.INACTIVE:
            plan.unchanged += 1
            return
        if match.person is None and not match.is_new:
            plan.refuse(row, "name", f"employee_{match.doubt}", value=draft.name, number=person.number)
            return
        employee_id = match.person.id if match.person else work.new_id()
        first = self._listed.setdefault(employee_id, row.row_number)
        if first != row.row_number:
            plan.refuse(row, "name", "row_repeated", row=str(first))
        elif match.person is not None and employee_id in stored:
            known.people.add_details(match.person, person, department_id)
            plan.compare(row, stored[employee_id], values)
        elif draft.status == RecordState.INACTIVE:
            plan.refuse(row, "status", "employee_not_here", value=draft.name)
        else:
            self._add_new(plan, row, match, {"id": employee_id, "client_id": client_id, **values})

    def _add_new(self, plan: EmployeePlan, row: ParsedRow, match: EmployeeMatch, values: dict[str, Any]) -> None:
        if match.doubt:
            parameters = {"value": row.values.name, "number": ""}
            plan.warn(row, RowIssue("", "name", f"employee_{match.doubt}", Severity.WARNING, parameters))
        empty = {"employee_number": "", "phone": "", "email": "", "vip": False, "site_id": None, "department_id": None}
        plan.add({**empty, "name": row.values.name, "state": RecordState.ACTIVE.value, **values})
        people, person = plan.known[values["client_id"]].people, KnownEmployee(values["id"], row.values.name)
        people.add([person])
        people.add_details(person, row.values.person, values.get("department_id"))

    def _values(self, work: UnitOfWork, row: ParsedRow, known: KnownRecords) -> dict[str, Any]:
        """The columns that the row has a value for."""
        draft = row.values
        said = {
            "employee_number": draft.employee_number,
            "phone": draft.phone,
            "email": draft.email,
            "vip": draft.is_vip,
            "state": draft.status,
        }
        values: dict[str, Any] = {column: value for column, value in said.items() if value is not None}
        if draft.department is not None:
            values["department_id"] = known.department(draft.department, work.new_id)
        if draft.site is not None and not any(issue.code == "site_similar" for issue in row.issues):
            values["site_id"] = known.site(draft.site, work.new_id)
        return values

    async def _not_listed(self, work: UnitOfWork, client_id: UUID, stored: dict[UUID, Employee]) -> int:
        """How many of the client's active employees the list does not name."""
        active = await work.session.scalar(
            select(func.count()).where(Employee.client_id == client_id, Employee.state == RecordState.ACTIVE)
        )
        named = sum(each.state == RecordState.ACTIVE for id_, each in stored.items() if id_ in self._listed)
        return (active or 0) - named

    async def write(self, work: UnitOfWork, plan: EmployeePlan) -> None:
        """Write the plan; access of who has left ends."""
        for client_id, known in plan.known.items():
            await known.insert_new(work, client_id)
        states = {id_: (each, values["state"]) for id_, (each, values) in plan.changed.items() if "state" in values}
        await plan.write(work, Employee, "employee")
        for employee_id, (employee, state) in states.items():
            await follow_employee_state(work.session, employee_id, state)
            work.publish(EmployeeStateChanged(client_id=employee.client_id, employee_id=employee_id, state=state))


EMPLOYEES: Final = ImportKind(
    name="employees",
    title=N_("员工清单"),
    unit=N_("人"),
    permission=Permission.CLIENT_IMPORT,
    home=Home("/workspace/clients", N_("客户"), "clients", "/workspace/clients/{}/employees"),
    fields=(
        CLIENT_FIELD,
        Field("name", N_("姓名"), person_field(60), "员工姓名 名字 员工 name employeename fullname", required=True),
        Field(
            "employee_number",
            N_("工号"),
            code_field(40, upper=True),
            "员工编号 员工工号 职工编号 人员编号 编号 employeenumber employeeno employeeid",
        ),
        department_field("所属部门 所在部门 部门名称 科室 department dept"),
        site_field("所在网点 所属网点 网点名称 场地 办公地点 工作地点 地点 site location branch"),
        Field(
            "phone",
            N_("电话"),
            phone_field,
            "手机 手机号 手机号码 移动电话 联系手机 联系电话 电话 分机 mobile mobilephone cellphone phone",
        ),
        Field("email", N_("邮箱"), email_field, "电子邮箱 邮箱地址 电子邮件 公司邮箱 企业邮箱 email emailaddress"),
        Field("is_vip", N_("VIP"), flag_field, "是否vip 重要用户 是否重要用户 vip用户"),
        Field(
            "status",
            N_("在职状态"),
            choice_field(_STATES),
            "状态 员工状态 是否在职 人员状态 status employmentstatus",
        ),
    ),
    importer=EmployeeImporter,
    owner=CLIENT_OWNER,
    owner_field="client",
    known_names=known_sites,
    draft=EmployeeDraft,
    unique=(
        UniqueField("email", "email_repeated", Severity.WARNING),
        UniqueField("phone", "phone_repeated", Severity.WARNING),
    ),
    looks=(("email", LIKE_EMAIL), ("phone", LIKE_PHONE), ("name", LIKE_PERSON)),
    messages={
        **CLIENT_MESSAGES,
        **SITE_MESSAGES,
        "email_repeated": N_("邮箱“%(value)s”与 %(first)s 相同，请核对。"),
        "phone_repeated": N_("电话“%(value)s”与 %(first)s 相同，请核对。"),
        "employee_ambiguous": N_("有几位员工叫“%(value)s”，请填写工号。"),
        "employee_namesake": N_(
            "已有别的“%(value)s”（部门或邮箱不同），这里按另一人新建；如是同一人，请填写工号或电话。"
        ),
        "employee_number_of_other": N_("工号“%(number)s”是别人的，不是“%(value)s”的；如已改名，请先改员工资料。"),
        "employee_left": N_("“%(value)s”已停用（离职），清单不会恢复；如已返岗，请先在员工资料里恢复使用。"),
        "employee_not_here": N_("“%(value)s”已离职，也不在册，不导入。"),
    },
)
