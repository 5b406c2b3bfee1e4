"""The pages of one week and of one bulletin in the workspace."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from app.desk.security.listing import BASE, BULLETIN_BASE
from app.desk.security.permissions import SecurityPermission
from app.desk.security.schemas import BulletinWrite, CheckWrite, FindingDismissal, WeekAssessment
from app.desk.security.services.bulletins import PARTS, SecurityBulletins
from app.desk.security.services.weeks import SecurityWeeks
from app.desk.security.states import (
    BULLETIN_STATE_NAMES,
    BULLETIN_TONES,
    FINDING_NAMES,
    FINDING_STATE_NAMES,
    FINDING_TONES,
    PROTECTION_NAMES,
    WEEK_STATE_NAMES,
    WEEK_TONES,
    BulletinState,
    WeekState,
)
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.pages import translator_of
from app.platform.web.records import RecordHead, record_page
from rbac import Permission

PART_NAMES: Final = {
    "summary": N_("本月概况"),
    "industry_news": N_("安全业界动态"),
    "urgent_notices": N_("紧急安全通告"),
    "virus_notices": N_("病毒通告"),
    "vulnerability_notices": N_("漏洞通告"),
}
SECURITY_WORDS: Final[dict[str, Any]] = {
    "week_names": WEEK_STATE_NAMES,
    "week_tones": WEEK_TONES,
    "bulletin_names": BULLETIN_STATE_NAMES,
    "bulletin_tones": BULLETIN_TONES,
    "finding_names": FINDING_NAMES,
    "finding_state_names": FINDING_STATE_NAMES,
    "finding_tones": FINDING_TONES,
    "protection_names": PROTECTION_NAMES,
    "part_names": PART_NAMES,
}
"""The words of the service, for the pages of both portals."""


async def render_week(
    request: WebRequest,
    week_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
    *,
    tab: str = "",
    device_id: UUID | None = None,
    finding_id: UUID | None = None,
) -> Response[Any]:
    """The week with the forms of what may be done now; `error` is why one was refused. One device is recorded, one
    finding dismissed at a time: those of the ids."""
    week, actor = await SecurityWeeks(work).get(week_id), work.actor
    writes = actor.may(SecurityPermission.SECURITY_WEEK_WRITE) and not actor.read_only
    recorded = next((each for each in week.checks if each.device_id == device_id), None)
    _ = translator_of(request)
    return record_page(
        request,
        "security/week.html",
        RecordHead(
            kind="security_week",
            id=week.id,
            title=week.client_name,
            number=str(week.monday),
            base=f"{BASE}/{week.id}",
            list_href=BASE,
            list_label=N_("网络安全"),
            tab=tab,
        ),
        error,
        week=week,
        may_record=writes and week.state is WeekState.OPEN,
        may_decide=writes and actor.may(Permission.TICKET_CREATE),
        may_dismiss=writes,
        recorded=recorded,
        dismissed=next((each for each in week.findings if each.id == finding_id), None),
        assessment_fields=fields_of(WeekAssessment),
        check_fields=fields_of(CheckWrite),
        dismissal_fields=fields_of(FindingDismissal),
        choices={"protection": [(str(code), _(name)) for code, name in PROTECTION_NAMES.items()]},
        values=(values or FormValues()).over(FormValues.of(recorded) if recorded else {}),
        **SECURITY_WORDS,
    )


async def render_bulletin(
    request: WebRequest,
    bulletin_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
    *,
    tab: str = "",
) -> Response[Any]:
    """The bulletin, with its form while it is a draft."""
    bulletin, actor = await SecurityBulletins(work).get(bulletin_id), work.actor
    writes = actor.may(SecurityPermission.SECURITY_BULLETIN_WRITE) and not actor.read_only
    return record_page(
        request,
        "security/bulletin.html",
        RecordHead(
            kind="security_bulletin",
            id=bulletin.id,
            title=bulletin.client_name,
            number=f"{bulletin.month:%Y-%m}",
            base=f"{BULLETIN_BASE}/{bulletin.id}",
            list_href=BULLETIN_BASE,
            list_label=N_("信息安全月报"),
            tab=tab,
        ),
        error,
        bulletin=bulletin,
        may_write=writes and bulletin.state is BulletinState.DRAFT,
        fields=fields_of(BulletinWrite),
        values=(values or FormValues()).over({name: getattr(bulletin, name) for name in PARTS}),
        **SECURITY_WORDS,
    )
