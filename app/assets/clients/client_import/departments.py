"""The list of departments, of one client or of several."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.assets.clients.client_import.client_names import CLIENT_FIELD, CLIENT_MESSAGES, ClientNames
from app.assets.clients.client_import.owner import CLIENT_OWNER
from app.assets.clients.models import Department
from app.platform.imports.declaration import Field, Home, ImportedList, ImportKind
from app.platform.imports.people_changes import PeopleChanges
from app.platform.imports.reading.converters import code_field, text_field
from app.platform.imports.reading.person_names import comparison_key
from app.platform.imports.reading.rows import ParsedRow
from app.platform.imports.records import RecordPlan
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission


class DepartmentDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a list of departments."""

    name: str
    client: str | None = None
    cost_centre: str | None = None


class DepartmentImporter:
    """A department is known by its client and its name."""

    def __init__(self, the_list: ImportedList) -> None:
        self._list = the_list
        self._listed: dict[tuple[UUID, str], int] = {}

    async def plan(self, work: UnitOfWork, rows: Sequence[ParsedRow], *, lock: bool) -> RecordPlan:
        """New departments, and cost centres that differ."""
        clients = await ClientNames.of(work.session)
        chosen = self._list.client_id
        found = [(row, clients.find(row.values.client, chosen)) for row in rows if row.values is not None]
        statement = select(Department).where(Department.client_id.in_({client.id for _, client in found if client.id}))
        departments = (await work.session.scalars(statement.with_for_update() if lock else statement)).all()
        stored = {(each.client_id, comparison_key(each.name)): each for each in departments}
        ids = [each.id for each in departments]
        changes = await PeopleChanges.of(work.session, "department", ids, self._list.changes_since)
        plan = RecordPlan(changes, refused=len(rows) - len(found))
        for row, client in found:
            if client.id is None:
                plan.refuse(row, "client", client.issue, value=row.values.client or "")
                continue
            key = (client.id, comparison_key(row.values.name))
            first = self._listed.setdefault(key, row.row_number)
            if first != row.row_number:
                plan.refuse(row, "name", "row_repeated", row=str(first))
            elif key in stored:
                said = {} if row.values.cost_centre is None else {"cost_centre": row.values.cost_centre}
                plan.compare(row, stored[key], said)
            else:
                new = {"id": work.new_id(), "client_id": client.id, "name": row.values.name}
                plan.add({**new, "cost_centre": row.values.cost_centre or ""})
        return plan

    async def write(self, work: UnitOfWork, plan: RecordPlan) -> None:
        """Write the plan."""
        await plan.write(work, Department, "department")


DEPARTMENTS: Final = ImportKind(
    name="departments",
    title=N_("部门清单"),
    unit=N_("个"),
    permission=Permission.CLIENT_IMPORT,
    home=Home("/workspace/clients", N_("客户"), "clients", "/workspace/clients/{}/departments"),
    fields=(
        CLIENT_FIELD,
        Field(
            "name", N_("部门"), text_field(80), "部门名称 所属部门 科室 科室名称 department dept name", required=True
        ),
        Field("cost_centre", N_("成本中心"), code_field(40), "成本中心编号 成本中心代码 costcentre costcenter"),
    ),
    importer=DepartmentImporter,
    owner=CLIENT_OWNER,
    owner_field="client",
    draft=DepartmentDraft,
    messages=CLIENT_MESSAGES,
)
