"""The list of clients with their sites and contacts: a row for each site, the client named in every one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.assets.clients.events import ClientAdded
from app.assets.clients.labels import RecordState
from app.assets.clients.models import Client, Contact, Site
from app.platform.imports.declaration import BroughtAlong, Field, Home, ImportedList, ImportKind, RowPlace
from app.platform.imports.people_changes import PeopleChanges
from app.platform.imports.reading.converters import CellContext, clean_text, email_field, phone_field, text_field
from app.platform.imports.reading.issues import RowIssue, Severity
from app.platform.imports.reading.person_names import comparison_key, person_field
from app.platform.imports.reading.rows import ParsedRow
from app.platform.imports.reading.workbook import CellValue
from app.platform.imports.records import RecordPlan
from app.platform.kernel.texts import N_
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.partners import named_city

_MAIN_SITE: Final = "总部"
"""What a site is called of which a list tells only the address."""
_NO_ADDRESS: Final = re.compile(r"[^a-z0-9]+")
_MADE_UP: Final = re.compile(r"c(\d{4,})")


def portal_address(value: CellValue, cell: CellContext) -> str | None:
    """A client's code as an address: small letters, digits and hyphens."""
    text = clean_text(value, cell)
    code = _NO_ADDRESS.sub("-", text.lower()).strip("-")[:40].rstrip("-")
    if text and len(code) < 2:
        cell.warn("code_unusable", value=text)
        return None
    if code != text.lower():
        cell.warn("code_respelt", value=text, stored=code)
    return code or None


def city_field(value: CellValue, cell: CellContext) -> str | None:
    """A city by its name, as its code of GB/T 2260."""
    text = clean_text(value, cell)
    found = named_city(text) if text else None
    if text and found is None:
        cell.warn("city_unknown", value=text)
    return found.code if found else None


class ClientDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a list of clients."""

    name: str
    code: str | None = None
    short_name: str | None = None
    industry: str | None = None
    city: str | None = None
    remark: str | None = None
    site: str | None = None
    address: str | None = None
    site_city: str | None = None
    site_phone: str | None = None
    contact: str | None = None
    function: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass
class ClientPlan:
    """What rows do to clients, and to their sites and contacts."""

    clients: RecordPlan
    sites: RecordPlan
    contacts: RecordPlan
    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "changed", "unchanged", "refused"), 0))

    @property
    def counts(self) -> dict[str, int]:
        """Rows that make a record, or change one."""
        return self.rows

    @property
    def issues(self) -> Mapping[RowPlace, Sequence[RowIssue]]:
        """Of all three."""
        found: dict[RowPlace, tuple[RowIssue, ...]] = {}
        for plan in (self.clients, self.sites, self.contacts):
            for place, issues in plan.issues.items():
                found[place] = (*found.get(place, ()), *issues)
        return found

    @property
    def brought_along(self) -> BroughtAlong:
        """The sites."""
        return BroughtAlong(sites=[site["name"] for site in self.sites.new])

    @property
    def size(self) -> tuple[int, int]:
        """How many records are made and changed."""
        plans = (self.clients, self.sites, self.contacts)
        return sum(len(plan.new) for plan in plans), sum(len(plan.changed) for plan in plans)


class _Collector:
    """Takes rows into a plan; what the list makes is known to the rows that follow."""

    def __init__(self, work: UnitOfWork, plan: ClientPlan, clients: Iterable[Client]) -> None:
        self._work = work
        self._plan = plan
        self._by_code: dict[str, Client | dict[str, Any]] = {}
        self._by_name: dict[str, list[Client | dict[str, Any]]] = {}
        self._children: dict[tuple[int, UUID, str], Any] = {}
        for client in clients:
            self._by_code[client.code] = client
            self._by_name.setdefault(comparison_key(client.name), []).append(client)

    def know(self, plan: RecordPlan, records: Iterable[Any]) -> None:
        """Recorded sites or contacts."""
        self._children.update({(id(plan), each.client_id, comparison_key(each.name)): each for each in records})

    def add(self, row: ParsedRow) -> bool:
        """Take a row in; False where it is refused."""
        draft, plan = row.values, self._plan.clients
        same_name = self._by_name.get(comparison_key(draft.name), [])
        found = self._by_code.get(draft.code) if draft.code else None
        if found is None and len(same_name) > 1:
            plan.refuse(row, "name", "client_ambiguous", value=draft.name)
            return False
        found = found or next(iter(same_name), None)
        if found is None:
            found = self._add_client(row)
        elif isinstance(found, Client):
            if found.state != RecordState.ACTIVE:
                plan.refuse(row, "name", "client_inactive", value=draft.name)
                return False
            self._compare(row, found)
        client_id = found.id if isinstance(found, Client) else found["id"]
        self._add_site(row, client_id)
        self._add_contact(row, client_id)
        return True

    def _compare(self, row: ParsedRow, client: Client) -> None:
        draft = row.values
        if draft.code is not None and draft.code != client.code:
            parameters = {"value": draft.code, "stored": client.code}
            self._plan.clients.warn(row, RowIssue("", "code", "code_stays", Severity.WARNING, parameters))
        self._plan.clients.compare(row, client, _given(name=draft.name, **_of_client(draft)))

    def _add_client(self, row: ParsedRow) -> dict[str, Any]:
        draft, plan = row.values, self._plan.clients
        code = draft.code or self._free_code()
        if draft.code is None:
            plan.warn(row, RowIssue("", "name", "code_made", Severity.WARNING, {"stored": code}))
        new = {
            "id": self._work.new_id(),
            "code": code,
            "name": draft.name,
            "short_name": draft.name[:40],
            "industry": "",
            "city_code": "",
            "remark": "",
            **_given(**_of_client(draft)),
            "time_zone": PLATFORM_ZONE.key,
            "engagement_models": [],
            "created_at": self._work.now,
        }
        plan.add(new)
        self._by_code[code] = new
        self._by_name[comparison_key(draft.name)] = [new]
        return new

    def _free_code(self) -> str:
        """A portal address for a client whose list gives none."""
        used = [int(match[1]) for code in self._by_code if (match := _MADE_UP.fullmatch(code))]
        return f"c{max(used, default=0) + 1:04d}"

    def _add_site(self, row: ParsedRow, client_id: UUID) -> None:
        draft, plan = row.values, self._plan.sites
        said = _given(address=draft.address, city_code=draft.site_city, phone=draft.site_phone)
        if draft.site is None and not said:
            return
        if draft.site is None:
            plan.warn(row, RowIssue("", "site", "site_named", Severity.WARNING, {"stored": _MAIN_SITE}))
        new = {"name": draft.site or _MAIN_SITE, "address": "", "city_code": "", "phone": "", **said}
        self._add_child(plan, row, client_id, new, said)

    def _add_contact(self, row: ParsedRow, client_id: UUID) -> None:
        draft, plan = row.values, self._plan.contacts
        said = _given(function=draft.function, phone=draft.phone, email=draft.email)
        if draft.contact is not None:
            new = {"name": draft.contact, "function": "", "phone": "", "email": "", "site_id": None, **said}
            self._add_child(plan, row, client_id, new, said)
        elif said:
            plan.warn(row, RowIssue("", next(iter(said)), "contact_missing", Severity.WARNING))

    def _add_child(
        self, plan: RecordPlan, row: ParsedRow, client_id: UUID, new: dict[str, Any], said: dict[str, Any]
    ) -> None:
        """A site or contact: new, or compared with the recorded one; repeated in the list it is made once."""
        key = (id(plan), client_id, comparison_key(new["name"]))
        record = self._children.get(key)
        if record is None:
            self._children[key] = made = {"id": self._work.new_id(), "client_id": client_id, **new}
            plan.add(made)
        elif isinstance(record, dict):
            record.update(said)
        else:
            plan.compare(row, record, said)


class ClientImporter:
    """A client is known by its portal address, or by its name; sites and contacts by their names."""

    def __init__(self, the_list: ImportedList) -> None:
        self._since = the_list.changes_since

    async def plan(self, work: UnitOfWork, rows: Sequence[ParsedRow], *, lock: bool) -> ClientPlan:
        """Which clients, sites and contacts are new, and what differs of the others."""
        drafts = [row.values for row in rows if row.values is not None]
        named, codes = {comparison_key(draft.name) for draft in drafts}, {draft.code for draft in drafts}
        clients = await _all(work, select(Client), lock=False)
        ids = [each.id for each in clients if comparison_key(each.name) in named or each.code in codes]
        if lock:
            await _all(work, select(Client).where(Client.id.in_(ids)), lock=True)
        sites = await _all(work, select(Site).where(Site.client_id.in_(ids)), lock=lock)
        contacts = await _all(work, select(Contact).where(Contact.client_id.in_(ids)), lock=lock)
        plan = ClientPlan(
            await self._plan_of(work, "client", clients, {"city_code": "city"}),
            await self._plan_of(work, "site", sites, {"name": "site", "city_code": "site_city", "phone": "site_phone"}),
            await self._plan_of(work, "contact", contacts, {"name": "contact"}),
        )
        collector = _Collector(work, plan, clients)
        collector.know(plan.sites, sites)
        collector.know(plan.contacts, contacts)
        for row in rows:
            made, changed = plan.size
            if row.values is None or not collector.add(row):
                result = "refused"
            elif plan.size[0] > made:
                result = "new"
            else:
                result = "changed" if plan.size[1] > changed else "unchanged"
            plan.rows[result] += 1
        return plan

    async def _plan_of(
        self, work: UnitOfWork, record_kind: str, records: Sequence[Any], field_of: dict[str, str]
    ) -> RecordPlan:
        ids = [each.id for each in records]
        return RecordPlan(await PeopleChanges.of(work.session, record_kind, ids, self._since), field_of)

    async def write(self, work: UnitOfWork, plan: ClientPlan) -> None:
        """Write the plan; new clients are told of as when a person sets one up."""
        await plan.clients.write(work, Client, "client")
        await plan.sites.write(work, Site, "site")
        await plan.contacts.write(work, Contact, "contact")
        for client in plan.clients.new:
            work.publish(ClientAdded(client_id=client["id"]))
            work.audit("client.created", "client", client["id"])


async def _all(work: UnitOfWork, statement: Any, *, lock: bool) -> Sequence[Any]:
    fresh = statement.with_for_update().execution_options(populate_existing=True)
    found: Sequence[Any] = (await work.session.scalars(fresh if lock else statement)).all()
    return found


def _of_client(draft: ClientDraft) -> dict[str, Any]:
    return {
        "short_name": draft.short_name,
        "industry": draft.industry,
        "city_code": draft.city,
        "remark": draft.remark,
    }


def _given(**values: Any) -> dict[str, Any]:
    """What the row has a value for."""
    return {name: value for name, value in values.items() if value is not None}


CLIENTS: Final = ImportKind(
    name="clients",
    title=N_("客户清单"),
    unit=N_("行"),
    permission=Permission.CLIENT_IMPORT,
    home=Home("/workspace/clients", N_("客户"), "clients"),
    fields=(
        Field(
            "name",
            N_("客户名称"),
            text_field(120),
            "公司名称 单位名称 企业名称 客户 公司 单位 client clientname company companyname",
            required=True,
        ),
        Field("code", N_("门户地址"), portal_address, "客户编号 客户代码 客户编码 编号 代码 code clientcode"),
        Field("short_name", N_("简称"), text_field(40), "客户简称 公司简称 shortname"),
        Field("industry", N_("行业"), text_field(40), "所属行业 行业类别 industry"),
        Field("city", N_("城市"), city_field, "所在城市 客户城市 市 city"),
        Field("site", N_("网点"), text_field(80), "网点名称 场地名称 场地 分支名称 门店名称 门店 site sitename branch"),
        Field("address", N_("地址"), text_field(200), "网点地址 公司地址 单位地址 详细地址 address"),
        Field("site_city", N_("网点城市"), city_field, "网点所在城市 sitecity"),
        Field("site_phone", N_("网点电话"), phone_field, "门店电话 sitephone"),
        Field(
            "contact", N_("联系人"), person_field(60), "客户联系人 联系人姓名 负责人 contact contactname contactperson"
        ),
        Field("function", N_("职务"), text_field(60), "联系人职务 岗位 function jobtitle"),
        Field(
            "phone", N_("联系电话"), phone_field, "电话 电话号码 固定电话 联系方式 手机 手机号码 phone telephone mobile"
        ),
        Field("email", N_("邮箱"), email_field, "电子邮箱 联系邮箱 email emailaddress"),
        Field("remark", N_("备注"), text_field(4_000, keeps_lines=True), "说明 remark remarks notes comment"),
    ),
    importer=ClientImporter,
    draft=ClientDraft,
    messages={
        "client_ambiguous": N_("有几家客户叫“%(value)s”，请写门户地址（编号）。"),
        "client_inactive": N_("客户“%(value)s”已停用，请先恢复使用。"),
        "code_unusable": N_("“%(value)s”不能作门户地址，会另取一个。"),
        "code_respelt": N_("“%(value)s”作门户地址写成“%(stored)s”。"),
        "code_made": N_("没有门户地址，会取“%(stored)s”，以后可以改。"),
        "code_stays": N_("门户地址现在是“%(stored)s”，不改成“%(value)s”。"),
        "city_unknown": N_("没有找到城市“%(value)s”，已留空。"),
        "site_named": N_("只有地址没有网点名称，记为网点“%(stored)s”。"),
        "contact_missing": N_("没有联系人姓名，这些联系方式没有导入。"),
    },
)
