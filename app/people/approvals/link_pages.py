"""The page behind a link by which somebody without an account decides. It never makes a session."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.people.approvals.errors import LinkClosed
from app.people.approvals.pages import verdict_of
from app.people.approvals.schemas import DecisionInput, Verdict
from app.people.approvals.services.links import LinkDecisions
from app.platform.documents.web_interface import pdf_answer
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.throttle import Throttle
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from rbac import Access

TEMPLATE = "approvals/link.html"
ADDRESS = "/approvals/{tenant_id:uuid}/{token:str}"


@get(ADDRESS, permission=Access.PUBLIC, include_in_schema=False)
async def approval_link_page(request: WebRequest, tenant_id: FromPath[UUID], token: FromPath[str]) -> Response[Any]:
    """What is asked; mail scanners open links too, so a button decides."""
    return await _draw(request, tenant_id, token, FormValues(), None)


@get(f"{ADDRESS}/document", permission=Access.PUBLIC, include_in_schema=False)
async def approval_link_document(
    request: WebRequest, tenant_id: FromPath[UUID], token: FromPath[str]
) -> Response[bytes]:
    """The PDF that is decided about, for as long as the link is open."""
    edition = await _links(request).document(tenant_id, token, origin_of(request))
    return await pdf_answer(request, edition)


@post(ADDRESS, permission=Access.PUBLIC, own_session=True, status_code=200, include_in_schema=False)
async def decide_by_link(request: WebRequest, tenant_id: FromPath[UUID], token: FromPath[str]) -> Response[Any]:
    """Yes or no, by the submit button's `verdict`."""

    async def act(_: UnitOfWork, form: FormValues) -> Response[Any]:
        verdict = verdict_of(form)
        reason = form.read(DecisionInput).reason
        await _links(request).decide(tenant_id, token, verdict, reason, origin_of(request), parts=_parts_of(form))
        approved = verdict is Verdict.APPROVE
        return render_form(
            request, TEMPLATE, None, offer=None, document="", done=True, approved=approved, values=FormValues()
        )

    async def show_again(_: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return await _draw(request, tenant_id, token, form, error)

    return await submit(request, act, show_again)


async def _draw(
    request: WebRequest, tenant_id: UUID, token: str, values: FormValues, error: DomainError | None
) -> Response[Any]:
    offer = None
    try:
        offer = await _links(request).preview(tenant_id, token, origin_of(request), actor_of(request).language)
    except LinkClosed as closed:
        error = closed
    document = f"/approvals/{tenant_id}/{token}/document" if offer and offer.has_document else ""
    return render_form(
        request, TEMPLATE, error, offer=offer, document=document, done=False, approved=False, values=values
    )


def _parts_of(form: FormValues) -> list[UUID]:
    """
    Raises:
        Invalid: a box that this page did not draw.
    """
    try:
        return [UUID(each) for each in form.checked("part")]
    except ValueError as error:
        raise Invalid from error


def _links(request: WebRequest) -> LinkDecisions:
    runtime = runtime_of(request)
    secret = runtime.settings.secret.get_secret_value().encode()
    throttle = Throttle(runtime.redis, secret=secret, now=runtime.clock.now)
    return LinkDecisions(runtime.units_of_work, throttle)


handlers = handlers_of(__name__)
