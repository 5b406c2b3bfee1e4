"""Structs of the security service."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.desk.security.models import VIRUSES_LENGTH
from app.desk.security.states import BulletinState, FindingKind, FindingState, Protection, WeekState
from app.platform.kernel.input_text import LINE, TEXT, Input, Label
from app.platform.kernel.texts import N_
from app.platform.promises import ClockView

Version = Annotated[int, Meta(ge=0, le=2_147_483_646)]
Count = Annotated[int, Meta(ge=0, le=100_000)]
Part = Annotated[str, TEXT, Meta(max_length=4_000)]


class CheckWrite(Input, frozen=True, forbid_unknown_fields=True):
    """How a device stands this week; what is left out is not known. `version` 0 for a device without a record."""

    version: Version
    protection: Annotated[Protection, Label(N_("防病毒软件"))] = Protection.UNKNOWN
    definitions_on: Annotated[date | None, Label(N_("病毒库日期"))] = None
    virus_events: Annotated[Count | None, Label(N_("病毒事件"))] = None
    virus_names: Annotated[str, LINE, Meta(max_length=VIRUSES_LENGTH), Label(N_("病毒名称"))] = ""
    missing_patches: Annotated[Count | None, Label(N_("缺少的补丁"))] = None


class WeekAssessment(Input, frozen=True, forbid_unknown_fields=True):
    """What the week's virus events mean."""

    assessment: Annotated[
        str,
        TEXT,
        Meta(min_length=1, max_length=4_000),
        Label(N_("本周评定"), N_("请写下评定。"), hint=N_("病毒事件的来源、是否扩散、怎样处理")),
    ]
    version: Version


class FindingDismissal(Input, frozen=True, forbid_unknown_fields=True):
    """Why nothing is done about a finding."""

    reason: Annotated[str, TEXT, Meta(min_length=1, max_length=500), Label(N_("原因"), N_("请写明原因。"))]


class RecordVersion(Input, frozen=True, forbid_unknown_fields=True):
    """The version that was read."""

    version: Version


class BulletinWrite(Input, frozen=True, forbid_unknown_fields=True):
    """The words of a bulletin [S2 §1.1.6.3.3]."""

    version: Version
    summary: Annotated[Part, Label(N_("本月概况"))] = ""
    industry_news: Annotated[Part, Label(N_("安全业界动态"))] = ""
    urgent_notices: Annotated[Part, Label(N_("紧急安全通告"))] = ""
    virus_notices: Annotated[Part, Label(N_("病毒通告"))] = ""
    vulnerability_notices: Annotated[Part, Label(N_("漏洞通告"))] = ""


class SecurityWeekSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A week in a list."""

    id: UUID
    client_id: UUID
    client_name: str
    monday: date
    state: WeekState
    expected: int
    checked: int
    protected: int
    outdated: int
    virus_events: int
    unpatched: int
    coverage: float | None
    """Percent of the expected computers; None where none is expected."""
    version: int


class SecurityCheckView(msgspec.Struct, frozen=True, kw_only=True):
    """A device of the week: one that was recorded, or one that should have been."""

    device_id: UUID
    device_number: str
    device_name: str
    recorded: bool
    protection: Protection = Protection.UNKNOWN
    definitions_on: date | None = None
    virus_events: int | None = None
    virus_names: str = ""
    missing_patches: int | None = None
    version: int = 0


class SecurityFindingView(msgspec.Struct, frozen=True, kw_only=True):
    """A finding and its ticket."""

    id: UUID
    week_id: UUID
    client_id: UUID
    device_id: UUID
    device_number: str
    kind: FindingKind
    state: FindingState
    found_at: datetime
    ticket_id: UUID | None
    ticket_number: str | None
    reason: str
    decided_by_name: str


class SecurityWeekView(SecurityWeekSummary, frozen=True, kw_only=True):
    """A week with its devices and findings."""

    opened_at: datetime
    assessment: str
    assessed_at: datetime | None
    assessed_by_name: str
    checks: list[SecurityCheckView]
    findings: list[SecurityFindingView]
    clocks: list[ClockView]


class SecurityBulletinSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A bulletin in a list."""

    id: UUID
    client_id: UUID
    client_name: str
    month: date
    state: BulletinState
    published_at: datetime | None
    version: int


class SecurityBulletinView(SecurityBulletinSummary, frozen=True, kw_only=True):
    """A bulletin with its words and the weeks that it is about."""

    summary: str
    industry_news: str
    urgent_notices: str
    virus_notices: str
    vulnerability_notices: str
    published_by_name: str
    number: str
    """Of the published one; empty before."""
    weeks: list[SecurityWeekSummary]
    clocks: list[ClockView]


class SecurityOverview(msgspec.Struct, frozen=True, kw_only=True):
    """What a client that bought the service reads: the weeks up to now, the oldest first, the newest with its devices,
    findings that are being worked on, bulletins."""

    client_id: UUID
    weeks: list[SecurityWeekSummary]
    newest: SecurityWeekView | None
    findings: list[SecurityFindingView]
    bulletins: list[SecurityBulletinSummary]
