"""The security service in the partner workspace. Forms work without script."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.desk.security.api import BULLETIN_DOWNLOAD, bulletin_answer
from app.desk.security.listing import BASE, BULLETIN_BASE, BULLETINS, WEEKS
from app.desk.security.permissions import SecurityPermission
from app.desk.security.record import render_bulletin, render_week
from app.desk.security.schemas import BulletinWrite, CheckWrite, FindingDismissal, RecordVersion, WeekAssessment
from app.desk.security.services.bulletins import SecurityBulletins
from app.desk.security.services.findings import SecurityFindings
from app.desk.security.services.weeks import SecurityWeeks
from app.desk.security.states import BULLETIN_TONES, WEEK_TONES
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit

WEEK: Final = f"{BASE}/{{security_week_id:uuid}}"
BULLETIN: Final = f"{BULLETIN_BASE}/{{security_bulletin_id:uuid}}"
_READ, _WRITE = SecurityPermission.SECURITY_WEEK_READ, SecurityPermission.SECURITY_WEEK_WRITE
_PUBLISH = SecurityPermission.SECURITY_BULLETIN_WRITE


@get(BASE, permission=_READ, include_in_schema=False)
async def weeks_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The weeks of all clients that have the service."""
    may_import = work.actor.may(_WRITE) and not work.actor.read_only
    return await list_page(
        request, work, WEEKS, "security/weeks.html", tones=WEEK_TONES, may_import=may_import, bulletins=BULLETIN_BASE
    )


@get(BULLETIN_BASE, permission=_READ, include_in_schema=False)
async def bulletins_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The bulletins of all clients that have the service."""
    return await list_page(request, work, BULLETINS, "security/bulletins.html", tones=BULLETIN_TONES, weeks=BASE)


@get(WEEK, permission=_READ, include_in_schema=False)
async def week_page(
    request: WebRequest,
    work: RequestWork,
    *,
    security_week_id: FromPath[UUID],
    tab: FromQuery[str] = "",
    device: FromQuery[UUID | None] = None,
    finding: FromQuery[UUID | None] = None,
) -> Response[Any]:
    """One week: its devices, what was found, the assessment; with the form of a device or of a finding that is to be
    dismissed."""
    return await render_week(request, security_week_id, work, tab=tab, device_id=device, finding_id=finding)


@post(f"{WEEK}/devices/{{device_id:uuid}}", permission=_WRITE, include_in_schema=False)
async def record_device(
    request: WebRequest, security_week_id: FromPath[UUID], device_id: FromPath[UUID]
) -> Response[Any]:
    """Write down how a device stands."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await SecurityWeeks(work).record(security_week_id, device_id, form.read(CheckWrite))
        return f"{BASE}/{security_week_id}"

    return await submit(request, act, partial(render_week, request, security_week_id, device_id=device_id))


@post(f"{WEEK}/assess", permission=_WRITE, include_in_schema=False)
async def assess_week(request: WebRequest, security_week_id: FromPath[UUID]) -> Response[Any]:
    """Keep the figures and say what they mean."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await SecurityWeeks(work).assess(security_week_id, form.read(WeekAssessment))
        return f"{BASE}/{security_week_id}"

    return await submit(request, act, partial(render_week, request, security_week_id))


@post(f"{WEEK}/findings/{{security_finding_id:uuid}}/ticket", permission=_WRITE, include_in_schema=False)
async def make_ticket(
    request: WebRequest, security_week_id: FromPath[UUID], security_finding_id: FromPath[UUID]
) -> Response[Any]:
    """The finding's ticket."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await SecurityFindings(work).to_ticket(security_finding_id)
        return f"{BASE}/{security_week_id}"

    return await submit(request, act, partial(render_week, request, security_week_id))


@post(f"{WEEK}/findings/{{security_finding_id:uuid}}/dismiss", permission=_WRITE, include_in_schema=False)
async def dismiss_finding(
    request: WebRequest, security_week_id: FromPath[UUID], security_finding_id: FromPath[UUID]
) -> Response[Any]:
    """Nothing is done about it."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await SecurityFindings(work).dismiss(security_finding_id, form.read(FindingDismissal))
        return f"{BASE}/{security_week_id}"

    return await submit(request, act, partial(render_week, request, security_week_id, finding_id=security_finding_id))


@get(BULLETIN, permission=_READ, include_in_schema=False)
async def bulletin_page(
    request: WebRequest, work: RequestWork, security_bulletin_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One bulletin: its form while it is a draft, its words afterwards."""
    return await render_bulletin(request, security_bulletin_id, work, tab=tab)


@post(BULLETIN, permission=_PUBLISH, include_in_schema=False)
async def write_bulletin(request: WebRequest, security_bulletin_id: FromPath[UUID]) -> Response[Any]:
    """Keep the words of a draft."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await SecurityBulletins(work).write(security_bulletin_id, form.read(BulletinWrite))
        return f"{BULLETIN_BASE}/{security_bulletin_id}"

    return await submit(request, act, partial(render_bulletin, request, security_bulletin_id))


@post(f"{BULLETIN}/publish", permission=_PUBLISH, include_in_schema=False)
async def publish_bulletin(request: WebRequest, security_bulletin_id: FromPath[UUID]) -> Response[Any]:
    """The client reads it from now on."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await SecurityBulletins(work).publish(security_bulletin_id, form.read(RecordVersion))
        return f"{BULLETIN_BASE}/{security_bulletin_id}"

    return await submit(request, act, partial(render_bulletin, request, security_bulletin_id))


@get(
    "/security-bulletins/{security_bulletin_id:uuid}",
    permission=_READ,
    include_in_schema=False,
    audited=BULLETIN_DOWNLOAD,
)
async def download_from_page(request: WebRequest, security_bulletin_id: FromPath[UUID]) -> Response[bytes]:
    """A bulletin as PDF, for the pages of both sides."""
    return await bulletin_answer(request, security_bulletin_id)


handlers = [*handlers_of(__name__), *list_handlers(WEEKS), *list_handlers(BULLETINS)]
