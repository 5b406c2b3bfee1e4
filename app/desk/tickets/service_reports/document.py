"""The service report that a client signs after each service. [T8; S2 《客户服务报告》; S0 §2.4.4]"""

from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from app.desk.tickets.models import ServiceReport
from app.platform.documents import DocumentKind, Layout, Print, Signature, image_file
from app.platform.kernel.time_source import PLATFORM_ZONE


class TargetState(StrEnum):
    """How a promise ended."""

    MET = "met"
    BREACHED = "breached"
    NOT_MEASURED = "not_measured"


# Defaults are left out of the hashed form, so that a field added later changes no hash signed earlier.
class PromisedTarget(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One promised time of the SLA policy and what became of it. Times are aware UTC."""

    name: str
    promised_minutes: int
    business_time: bool
    state: TargetState
    due_at: datetime | None = None
    met_at: datetime | None = None

    def __post_init__(self) -> None:
        _require_utc(self.due_at, self.met_at)


class ServiceMode(StrEnum):
    """How work was done."""

    ON_SITE = "on_site"
    REMOTE = "remote"
    TELEPHONE = "telephone"


class ServiceOutcome(StrEnum):
    """What a visit achieved."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"


class ReportedVisit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One piece of work on the ticket, by an engineer or from the desk. Times are aware UTC."""

    person: str
    mode: ServiceMode
    ended_at: datetime
    outcome: ServiceOutcome | None = None
    """None where an older record does not say."""
    work_minutes: int | None = None
    travel_minutes: int | None = None

    def __post_init__(self) -> None:
        _require_utc(self.ended_at)


class ReportedDevice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The device as it was at the time of the service."""

    number: str
    category: str = ""
    model: str = ""
    """Brand and model."""
    serial_number: str = ""
    holder: str = ""
    department: str = ""


class ReportPhoto(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A photo by the SHA-256 of its bytes, in lower-case hexadecimal."""

    sha256: str
    caption: str = ""


class ReportContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that a service report says. Empty texts are left out; times are aware UTC."""

    number: str
    version: int
    """Counts from 1; a later change makes a new version, which takes the place of the one before."""
    partner_name: str
    hot_line: str
    client_name: str
    ticket_number: str
    fault: str
    work_done: str
    reported_at: datetime
    work_minutes: int
    engineer_name: str
    time_zone: str = PLATFORM_ZONE.key
    """Zone of the site; all times are printed in it."""
    partner_address: str = ""
    site_name: str = ""
    site_address: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    device: ReportedDevice | None = None
    category: str = ""
    priority: str = ""
    cause: str = ""
    advice: str = ""
    engineer_level: str = ""
    arrived_at: datetime | None = None
    """None for remote work."""
    resolved_at: datetime | None = None
    targets: tuple[PromisedTarget, ...] = ()
    photos: tuple[ReportPhoto, ...] = ()
    mode: ServiceMode | None = None
    outcome: ServiceOutcome | None = None
    travel_minutes: int | None = None
    visits: tuple[ReportedVisit, ...] = ()
    """All work on the ticket up to the end of this visit, this one included, in the order in which it ended."""

    def __post_init__(self) -> None:
        _require_utc(self.reported_at, self.arrived_at, self.resolved_at)


class _Page:
    """The report's facts as the words that stand on the page."""

    def __init__(self, report: ReportContent, printing: Print) -> None:
        self.report = report
        self.translate = printing.translate
        self.zone = ZoneInfo(report.time_zone)

    def texts(self) -> dict[str, str]:
        """Headings and the like. The placeholders of `page_of` are filled in by the template."""
        _ = self.translate
        return {
            "title": _("客户服务报告"),
            "number": _("报告编号"),
            "version": _("第 %(version)s 版", version=self.report.version),
            "hot_line": _("服务热线"),
            "promise": _("服务承诺"),
            "target": _("指标"),
            "promised": _("承诺"),
            "due": _("应完成"),
            "actual": _("实际"),
            "result": _("结果"),
            "photos": _("现场照片"),
            "visits": _("历次处理"),
            "ended": _("结束"),
            "person": _("处理人"),
            "mode": _("方式"),
            "work": _("工时"),
            "travel": _("路上"),
            "confirmation": _("客户确认"),
            "statement": _("以上服务已完成，内容属实。"),
            "sign_here": _("客户签字"),
            "signed_by": _("签字人"),
            "signed_at": _("签字时间"),
            "engineer": _("服务工程师"),
            "content_hash": _("内容校验（SHA-256）"),
            "zone": _("时间均为 %(zone)s 时区", zone=self.report.time_zone),
            "page_of": _("第 %(page)s 页，共 %(pages)s 页"),
            "replaces": _("本版替代第 %(version)s 版", version=self.report.version - 1)
            if self.report.version > 1
            else "",
        }

    def facts(self) -> list[list[str]]:
        """Name and value of what the report is about; facts that are not known are left out."""
        _, report = self.translate, self.report
        device = report.device or ReportedDevice(number="")
        named = [
            (_("客户"), report.client_name),
            (_("设备编号"), device.number),
            (_("场地"), report.site_name),
            (_("设备"), " · ".join(filter(None, (device.category, device.model)))),
            (_("地址"), report.site_address),
            (_("序列号"), device.serial_number),
            (_("联系人"), report.contact_name),
            (_("使用人"), device.holder),
            (_("联系电话"), report.contact_phone),
            (_("部门"), device.department),
            (_("服务单号"), report.ticket_number),
            (_("优先级"), report.priority),
            (_("服务类别"), report.category),
        ]
        return [[name, value] for name, value in named if value]

    def passages(self) -> list[list[str]]:
        """Heading and text of what was found and done."""
        _, report = self.translate, self.report
        named = [
            (_("故障现象"), report.fault),
            (_("原因分析"), report.cause),
            (_("处理过程"), report.work_done),
            (_("建议"), report.advice),
        ]
        return [[name, value] for name, value in named if value]

    def times(self) -> list[list[str]]:
        """Name and value of the service's times; work without an arrival was not on site."""
        _, report = self.translate, self.report
        elsewhere = _("电话服务") if report.mode is ServiceMode.TELEPHONE else _("远程服务")
        unresolved = report.outcome is ServiceOutcome.UNRESOLVED
        return [
            [_("报修时间"), self.moment(report.reported_at)],
            [_("到达时间"), self.moment(report.arrived_at) if report.arrived_at else elsewhere],
            [_("结束时间（没修完）") if unresolved else _("解决时间"), self.moment(report.resolved_at)],
            [_("工时"), self.duration(report.work_minutes)],
        ]

    def visit(self, visit: ReportedVisit) -> dict[str, str]:
        """One row of the work on the ticket."""
        _ = self.translate
        modes = {
            ServiceMode.ON_SITE: _("上门"),
            ServiceMode.REMOTE: _("远程"),
            ServiceMode.TELEPHONE: _("电话"),
        }
        outcomes = {ServiceOutcome.RESOLVED: _("修好了"), ServiceOutcome.UNRESOLVED: _("没修完"), None: "—"}
        return {
            "ended": self.moment(visit.ended_at),
            "person": visit.person,
            "mode": modes[visit.mode],
            "work": "—" if visit.work_minutes is None else self.duration(visit.work_minutes),
            "travel": "—" if visit.travel_minutes is None else self.duration(visit.travel_minutes),
            "result": outcomes[visit.outcome],
        }

    def target(self, target: PromisedTarget) -> dict[str, str]:
        """One row of the promises."""
        _ = self.translate
        states = {
            TargetState.MET: _("达成"),
            TargetState.BREACHED: _("超时"),
            TargetState.NOT_MEASURED: _("未计时"),
        }
        promised = self.duration(target.promised_minutes)
        if target.business_time:
            promised = _("%(duration)s（工作时间）", duration=promised)
        return {
            "name": target.name,
            "promised": promised,
            "due": self.moment(target.due_at),
            "actual": self.moment(target.met_at),
            "state": target.state.value,
            "result": states[target.state],
        }

    def signature(self, signature: Signature | None) -> dict[str, str] | None:
        """Who signed and when."""
        if signature is None:
            return None
        return {"name": signature.name, "signed_at": self.moment(signature.signed_at)}

    def moment(self, moment: datetime | None) -> str:
        """Date and minute in the site's zone; a dash where there is none."""
        return "—" if moment is None else f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def duration(self, minutes: int) -> str:
        """`90` as 1 小时 30 分."""
        _ = self.translate
        hours, rest = divmod(minutes, 60)
        if not hours:
            return _("%(minutes)s 分钟", minutes=rest)
        if not rest:
            return _("%(hours)s 小时", hours=hours)
        return _("%(hours)s 小时 %(minutes)s 分", hours=hours, minutes=rest)


def _page(report: ReportContent, printing: Print) -> dict[str, object]:
    """The report on A4, with a line to sign by hand where there is no signature yet."""
    page = _Page(report, printing)
    return {
        "texts": page.texts(),
        "report": report,
        "content_hash": printing.content_hash,
        "facts": page.facts(),
        "passages": page.passages(),
        "times": page.times(),
        "targets": [page.target(target) for target in report.targets],
        "visits": [page.visit(visit) for visit in report.visits],
        "signature": page.signature(printing.signature),
        "photos": [{"file": image_file(photo.sha256), "caption": photo.caption} for photo in report.photos],
    }


def _require_utc(*moments: datetime | None) -> None:
    for moment in moments:
        if moment is not None and moment.utcoffset() != timedelta(0):
            raise ValueError(f"report times are aware UTC, not {moment.isoformat()}")


SERVICE_REPORT: Final = DocumentKind(
    name="service_report",
    rows=ServiceReport,
    about=ServiceReport.visit_id,
    content=ReportContent,
    layout=Layout(
        template=Path(__file__).parent / "print" / "service_report.typ",
        page=_page,
        images=lambda report: [photo.sha256 for photo in report.photos],
    ),
    prefix="SR",
)
