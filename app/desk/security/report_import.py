"""The antivirus console's report as a list that comes in: each row is a device of the client in the week of its day."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import and_, select

from app.assets.clients import CLIENT_OWNER
from app.assets.clients.models import Client
from app.desk.security.assessment import monday_of
from app.desk.security.device_matching import DeviceMatch, KnownDevices, ReportDraft
from app.desk.security.errors import SecurityNotBought
from app.desk.security.models import VIRUSES_LENGTH, SecurityCheck, SecurityWeek
from app.desk.security.permissions import SecurityPermission
from app.desk.security.services.calendar import open_week
from app.desk.security.services.reading import client_day
from app.desk.security.services.subscribers import require_running
from app.desk.security.states import Protection, WeekState
from app.platform.imports.declaration import Field, Home, ImportedList, ImportKind, RowPlace
from app.platform.imports.people_changes import PeopleChanges
from app.platform.imports.reading.converters import (
    CellContext,
    choice_field,
    clean_code,
    code_field,
    number_field,
    text_field,
)
from app.platform.imports.reading.dates import date_field
from app.platform.imports.reading.rows import ParsedRow
from app.platform.imports.reading.workbook import CellValue
from app.platform.imports.records import RecordPlan
from app.platform.kernel.invariants import present
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork

MOST_DIGITS: Final = 5
_INSTALLED: Final = (
    "是 有 已装 已安装 安装 正常 开启 已开启 启用 受保护 在线 yes true on ok installed enabled protected active"
)
_MISSING: Final = (
    "否 无 没有 未装 未安装 未开启 关闭 停用 未受保护 no false off missing disabled unprotected notinstalled"
)
PROTECTION_OF_WORD: Final = {word: str(Protection.INSTALLED) for word in _INSTALLED.split()} | {
    word: str(Protection.MISSING) for word in _MISSING.split()
}


class ReportImporter:
    """A device is known by serial number, number or host name, in this order, and within the client alone. A serial
    number of another client's device is believed before a number or name that both clients use."""

    def __init__(self, the_list: ImportedList) -> None:
        self._list = the_list
        self._client_id = present(the_list.client_id, "a report is one client's")
        self._matches: dict[RowPlace, DeviceMatch] | None = None
        self._listed: dict[tuple[UUID, date], int] = {}

    async def plan(self, work: UnitOfWork, rows: Sequence[ParsedRow], *, lock: bool) -> RecordPlan:
        """What is recorded of which device; each week is begun if it was not."""
        matches = await self._matched(work)
        today = await client_day(work, self._client_id)
        weeks = await self._weeks(work, lock=lock)
        checks = await self._checks(work, [week.id for week in weeks.values()], lock=lock)
        changes = await PeopleChanges.of(
            work.session, "security_check", [each.id for each in checks.values()], self._list.changes_since
        )
        plan = RecordPlan(changes, refused=sum(row.values is None for row in rows))
        bought = await _runs(work, self._client_id)
        for row in rows:
            if row.values is None:
                continue
            match, draft = matches[row.place], row.values
            if not bought:
                plan.refuse(row, "host_name", "service_not_bought")
                continue
            if match.device_id is None:
                plan.refuse(row, "host_name", match.issue, value=match.value, client=match.client)
                continue
            day = draft.reported_on or today
            if day > today:
                plan.refuse(row, "reported_on", "report_in_future", value=str(day))
                continue
            monday = monday_of(day)
            first = self._listed.setdefault((match.device_id, monday), row.row_number)
            if first != row.row_number:
                plan.refuse(row, "host_name", "device_repeated", row=str(first))
                continue
            week = weeks.get(monday)
            if week is not None and week.state != WeekState.OPEN:
                plan.refuse(row, "reported_on", "week_assessed", value=str(monday))
                continue
            values = _values(draft)
            known = checks.get((week.id, match.device_id)) if week else None
            if known is not None:
                plan.compare(row, known, values)
            else:
                plan.add(_new(work, self._client_id, monday, match.device_id, values))
        return plan

    async def write(self, work: UnitOfWork, plan: RecordPlan) -> None:
        """Write the plan; a new row names its Monday until its week is there."""
        zone = await work.session.scalar(select(Client.time_zone).where(Client.id == self._client_id))
        weeks: dict[date, UUID] = {}
        for row in plan.new:
            monday = row.pop("monday")
            if monday not in weeks:
                weeks[monday] = await open_week(work, self._client_id, present(zone, "its client is there"), monday)
            row["week_id"] = weeks[monday]
        await plan.write(work, SecurityCheck, "security_check")

    async def _weeks(self, work: UnitOfWork, *, lock: bool) -> dict[date, SecurityWeek]:
        statement = select(SecurityWeek).where(SecurityWeek.client_id == self._client_id)
        statement = statement.order_by(SecurityWeek.monday.desc()).limit(60)
        found = await work.session.scalars(statement.with_for_update() if lock else statement)
        return {week.monday: week for week in found}

    async def _checks(
        self, work: UnitOfWork, week_ids: Sequence[UUID], *, lock: bool
    ) -> dict[tuple[UUID, UUID], SecurityCheck]:
        statement = (
            select(SecurityCheck)
            .join(
                SecurityWeek,
                and_(SecurityWeek.tenant_id == SecurityCheck.tenant_id, SecurityWeek.id == SecurityCheck.week_id),
            )
            .where(SecurityCheck.week_id.in_(week_ids), SecurityWeek.state == WeekState.OPEN)
        )
        found = await work.session.scalars(statement.with_for_update(of=SecurityCheck) if lock else statement)
        return {(check.week_id, check.device_id): check for check in found}

    async def _matched(self, work: UnitOfWork) -> dict[RowPlace, DeviceMatch]:
        """All rows of the file, compared once: what one of them means depends on the others."""
        if self._matches is None:
            drafts = [(row.place, row.values) for row in self._list.rows if row.values is not None]
            known = await KnownDevices.of(work, self._client_id, [draft for _, draft in drafts])
            found = {place: known.match(draft) for place, draft in drafts}
            elsewhere = Counter(each.client for each in found.values() if each.client)
            if elsewhere and not any(each.device_id for each in found.values()):
                client = elsewhere.most_common(1)[0][0]
                found = {
                    place: msgspec.structs.replace(each, issue="file_of_other_client", client=client)
                    for place, each in found.items()
                }
            self._matches = found
        return self._matches


def _count(value: CellValue, cell: CellContext) -> str | None:
    """A whole number of events or patches; what is none refuses the row, because 0 would be a good report."""
    text = clean_code(value, cell).removesuffix(".0")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        cell.refuse("count_unreadable", value=text)
        return None
    return text


async def _runs(work: UnitOfWork, client_id: UUID) -> bool:
    try:
        await require_running(work, client_id)
    except SecurityNotBought:
        return False
    return True


def _values(draft: ReportDraft) -> dict[str, Any]:
    """What the row says, by column."""
    said = {
        "protection": draft.protection,
        "definitions_on": draft.definitions_on,
        "virus_events": None if draft.virus_events is None else int(draft.virus_events),
        "virus_names": draft.virus_names,
        "missing_patches": None if draft.missing_patches is None else int(draft.missing_patches),
    }
    return {name: value for name, value in said.items() if value is not None}


def _new(work: UnitOfWork, client_id: UUID, monday: date, device_id: UUID, values: dict[str, Any]) -> dict[str, Any]:
    empty = {
        "protection": Protection.UNKNOWN,
        "definitions_on": None,
        "virus_events": None,
        "virus_names": "",
        "missing_patches": None,
    }
    return {
        "id": work.new_id(),
        "client_id": client_id,
        "monday": monday,
        "device_id": device_id,
        "created_at": work.now,
        "version": 1,
        **empty,
        **values,
    }


ANTIVIRUS_REPORTS: Final = ImportKind(
    name="antivirus-reports",
    title=N_("防病毒报表"),
    unit=N_("台"),
    permission=SecurityPermission.SECURITY_WEEK_WRITE,
    home=Home("/workspace/security", N_("网络安全"), "security", "/workspace/security?client={}"),
    fields=(
        Field(
            "number",
            N_("设备编号"),
            number_field(40),
            "设备编号 电脑编号 资产编号 固定资产编号 编号 assettag assetnumber devicenumber",
        ),
        Field(
            "serial_number",
            N_("序列号"),
            code_field(80, upper=True),
            "序列号 设备序列号 sn serial serialnumber serialno",
        ),
        Field(
            "host_name",
            N_("计算机名"),
            code_field(253),
            "计算机名 主机名 计算机名称 主机名称 电脑名 电脑名称 终端名称 终端 hostname computername computer "
            "devicename endpoint endpointname machinename name",
        ),
        Field(
            "reported_on",
            N_("统计日期"),
            date_field,
            "统计日期 报表日期 日期 最后在线 最近上线 lastseen lastcontact reportdate date",
        ),
        Field(
            "protection",
            N_("防病毒软件"),
            choice_field(PROTECTION_OF_WORD),
            "防病毒软件 杀毒软件 防护状态 安装状态 是否安装 实时防护 状态 protection protectionstatus "
            "realtimeprotection antivirus status",
        ),
        Field(
            "definitions_on",
            N_("病毒库日期"),
            date_field,
            "病毒库日期 病毒库版本日期 病毒库更新时间 特征库日期 定义更新日期 definitionsdate signaturedate "
            "lastupdate definitions",
        ),
        Field(
            "virus_events",
            N_("病毒事件"),
            _count,
            "病毒事件 病毒数 病毒数量 威胁数 威胁数量 感染次数 detections threats threatcount infections",
        ),
        Field(
            "virus_names",
            N_("病毒名称"),
            text_field(VIRUSES_LENGTH),
            "病毒名称 病毒 威胁名称 威胁 threatname virusname malware",
        ),
        Field(
            "missing_patches",
            N_("缺少的补丁"),
            _count,
            "缺少的补丁 缺少补丁 缺失补丁 未安装补丁 漏洞数 补丁数 missingpatches missingupdates vulnerabilities",
        ),
    ),
    importer=ReportImporter,
    owner=CLIENT_OWNER,
    draft=ReportDraft,
    messages={
        "service_not_bought": N_("所选客户没有订购网络安全服务，报表不能导入。"),
        "file_of_other_client": N_("这份报表像是“%(client)s”的：没有一台设备是所选客户的。请换成那家客户再导入。"),
        "device_of_other_client": N_("“%(value)s”是“%(client)s”的设备，不是所选客户的，没有导入。"),
        "device_unknown": N_("所选客户没有设备“%(value)s”，请先登记设备，或改正编号。"),
        "device_ambiguous": N_("所选客户有几台设备叫“%(value)s”，请写设备编号或序列号。"),
        "device_missing": N_("这一行没有设备编号、序列号或计算机名。"),
        "device_repeated": N_("与第 %(row)s 行是同一台设备、同一周，请只留一行。"),
        "report_in_future": N_("%(value)s 还没有到，请改正日期。"),
        "count_unreadable": N_("“%(value)s”不是个数，请写 0 或正整数。"),
        "week_assessed": N_("%(value)s 这一周已经评定，不能再导入。"),
    },
)
