"""The security service of a client that bought it: trend, devices, findings, bulletins (K3). Else there is no page."""

from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from app.desk.security import SecurityBulletins, SecurityOverview, SecurityPermission, SecurityService
from app.desk.security.web_interface import SECURITY_WORDS
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.texts import Translator
from app.platform.web.charts import Axis, Series
from app.platform.web.pages import translator_of
from app.portals.client.page_context import client_of, render_page

BASE: Final = "/portal/security"
_READ: Final = SecurityPermission.SECURITY_WEEK_READ


@get(BASE, permission=_READ, include_in_schema=False)
async def security_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """The last weeks, what is being worked on, the bulletins.

    Raises:
        NotFound: the client never bought the service.
    """
    service = await SecurityService(work).of_client(client_of(work))
    return await render_page(
        request,
        work,
        "client/security.html",
        service=service,
        trend=_trend(service, translator_of(request)),
        axis=Axis.PERCENT,
        base=BASE,
        **SECURITY_WORDS,
    )


@get(f"{BASE}/bulletins/{{security_bulletin_id:uuid}}", permission=_READ, include_in_schema=False)
async def bulletin_page(request: WebRequest, work: RequestWork, security_bulletin_id: FromPath[UUID]) -> Response[str]:
    """One published bulletin."""
    bulletin = await SecurityBulletins(work).get(security_bulletin_id)
    return await render_page(
        request, work, "client/security_bulletin.html", bulletin=bulletin, base=BASE, **SECURITY_WORDS
    )


def _trend(service: SecurityOverview, translate: Translator) -> dict[str, object]:
    """Coverage as a share, the other figures as counts, one label a week."""
    _ = translate
    weeks = service.weeks
    return {
        "labels": [f"{week.monday:%m-%d}" for week in weeks],
        "coverage": [Series(_("覆盖率"), [week.coverage for week in weeks])],
        "counts": [
            Series(_("病毒事件"), [week.virus_events for week in weeks]),
            Series(_("病毒库过期"), [week.outdated for week in weeks]),
            Series(_("缺少补丁"), [week.unpatched for week in weeks]),
        ],
    }


handlers = handlers_of(__name__)
