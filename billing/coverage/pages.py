"""The coverage of a ticket, a tab of its page: the answer, how it came about, and another one with a reason."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.agreements.catalogue import PRODUCT_CATEGORIES, SERVICE_CATEGORIES
from app.desk.tickets import TicketQueries
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.pages import translator_of
from app.platform.web.records import RecordHead, record_page
from billing.contracts import ContractPermission
from billing.coverage.permissions import CoveragePermission
from billing.coverage.schemas import CoverageOverride
from billing.coverage.service import CoverageService
from billing.coverage.texts import STATE_NAMES, STATE_TONES
from rbac import Permission

HERE: Final = "/workspace/tickets/{ticket_id:uuid}/coverage"
CATEGORY_NAMES: Final = {
    **{each.code: each.name for each in SERVICE_CATEGORIES},
    **{each.code: each.name for each in PRODUCT_CATEGORIES},
}


def address_of(ticket_id: UUID) -> str:
    """Where the coverage of a ticket stands."""
    return f"/workspace/tickets/{ticket_id}/coverage"


@get(HERE, permission=Permission.TICKET_READ, include_in_schema=False)
async def coverage_page(request: WebRequest, work: RequestWork, ticket_id: FromPath[UUID]) -> Response[Any]:
    """The answer and all before it."""
    return await _page(request, ticket_id, work)


@post(f"{HERE}/override", permission=CoveragePermission.COVERAGE_OVERRIDE, include_in_schema=False)
async def override_coverage(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Say otherwise."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await CoverageService(work).override(ticket_id, form.read(CoverageOverride))
        return address_of(ticket_id)

    return await submit(request, act, partial(_page, request, ticket_id))


@post(f"{HERE}/again", permission=CoveragePermission.COVERAGE_OVERRIDE, include_in_schema=False)
async def ask_again(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Have the contracts answer anew."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await CoverageService(work).ask_again(ticket_id)
        return address_of(ticket_id)

    return await submit(request, act, partial(_page, request, ticket_id))


async def _page(
    request: WebRequest,
    ticket_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    ticket = await TicketQueries(work).ticket(ticket_id)
    record = RecordHead(
        kind="ticket",
        id=ticket.id,
        title=ticket.subject,
        number=ticket.number,
        base=f"/workspace/tickets/{ticket.id}",
        list_href="/workspace/tickets",
        list_label=N_("服务单"),
        tab="coverage",
    )
    service, actor, translate = CoverageService(work), actor_of(request), translator_of(request)
    history = await service.history(ticket_id)
    return record_page(
        request,
        "coverage/ticket.html",
        record,
        error,
        ticket=ticket,
        coverage=await service.of_ticket(ticket_id),
        history=history,
        here=address_of(ticket_id),
        values=values or FormValues(),
        state_names=STATE_NAMES,
        state_tones=STATE_TONES,
        state_options=[(state.value, translate(name)) for state, name in STATE_NAMES.items()],
        category_names=CATEGORY_NAMES,
        may_override=actor.may(CoveragePermission.COVERAGE_OVERRIDE) and not actor.read_only,
        may_read_contract=actor.may(ContractPermission.CONTRACT_READ),
    )


handlers = handlers_of(__name__)
