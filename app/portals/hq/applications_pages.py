"""Applications to join the network, for headquarters."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.records import RecordHead, record_page
from app.portals.hq.partner_forms import (
    city_codes,
    partner_labels,
    reason_field,
    whole_number,
)
from rbac import Permission
from tenants.partners import (
    PLANS,
    SERVICE_CATEGORIES,
    ApplicationApproval,
    ApplicationRejection,
    SignUpSettings,
    Vetting,
)
from tenants.partners.web_interface import APPLICATIONS

DUPLICATE_LABELS = {"credit_code": N_("信用代码"), "slug": N_("网址名称"), "email": N_("邮箱")}
INITIAL_STATES = (("trial", N_("试用")), ("active", N_("正式")))


@get("/hq/applications", permission=Permission.APPLICATION_READ, include_in_schema=False)
async def applications_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The applications; without a choice those that wait."""
    return await list_page(request, work, APPLICATIONS, "hq/applications.html", **partner_labels(request))


@get("/hq/applications/{application_id:uuid}", permission=Permission.APPLICATION_READ, include_in_schema=False)
async def application_page(
    request: WebRequest, work: RequestWork, application_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[str]:
    """One application with the form to approve or reject it."""
    return await _render_application(request, application_id, work, tab=tab)


@post(
    "/hq/applications/{application_id:uuid}/approve", permission=Permission.APPLICATION_DECIDE, include_in_schema=False
)
async def approve(request: WebRequest, application_id: FromPath[UUID]) -> Response[Any]:
    """Approve an application."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        approval = ApplicationApproval(
            version=whole_number(form, "version"),
            star_level=whole_number(form, "star_level"),
            territory=city_codes(form["territory"]),
            authorisations=form.checked("authorisations"),
            begin_as=form["begin_as"],
            slug=form["slug"],
            reason=form["reason"],
        )
        await application_service(request, work).approve(application_id, approval)
        return f"/hq/applications/{application_id}"

    return await submit(request, act, partial(_render_application, request, application_id))


@post(
    "/hq/applications/{application_id:uuid}/reject", permission=Permission.APPLICATION_DECIDE, include_in_schema=False
)
async def reject(request: WebRequest, application_id: FromPath[UUID]) -> Response[Any]:
    """Reject an application."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        rejection = ApplicationRejection(whole_number(form, "version"), form["rejection_reason"])
        with reason_field("rejection_reason"):
            await application_service(request, work).reject(application_id, rejection)
        return f"/hq/applications/{application_id}"

    return await submit(request, act, partial(_render_application, request, application_id))


async def _render_application(
    request: WebRequest,
    application_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
    *,
    tab: str = "",
) -> Response[str]:
    application = await application_service(request, work).application(application_id)
    suggested = {
        "star_level": "3",
        "territory": application.city,
        "begin_as": "trial",
        "slug": application.slug,
        "authorisations": [each.code for each in SERVICE_CATEGORIES.values() if not each.separately_billed],
    }
    record = RecordHead(
        kind="partner_application",
        id=application.id,
        title=application.legal_name,
        number=application.number,
        base=f"/hq/applications/{application.id}",
        list_href="/hq/applications",
        list_label=N_("申请"),
        tab=tab,
    )
    return record_page(
        request,
        "hq/application.html",
        record,
        error,
        application=application,
        values=(values or FormValues()).over(suggested),
        plan=PLANS.get(application.plan),
        duplicate_labels=DUPLICATE_LABELS,
        initial_states=INITIAL_STATES,
        **partner_labels(request),
    )


def application_service(request: WebRequest, work: UnitOfWork) -> Vetting:
    return Vetting(work, SignUpSettings.of(runtime_of(request)).public_url + "/join")


handlers = [*handlers_of(__name__), *list_handlers(APPLICATIONS)]
