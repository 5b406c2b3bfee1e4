"""Coverage as JSON."""

from uuid import UUID

from litestar import delete, get, put
from litestar.params import FromPath, FromQuery, JSONBody

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.kernel.errors import NotFound
from billing.contracts import CoverageQuestion
from billing.coverage.permissions import CoveragePermission
from billing.coverage.schemas import CoverageOverride, CoveragePreview, CoverageReasonView, TicketCoverageView
from billing.coverage.service import CoverageService
from rbac import Permission

TAGS = ["coverage"]
HERE = "/tickets/{ticket_id:uuid}/coverage"


@get("/coverage", permission=Permission.TICKET_TRIAGE, tags=TAGS)
async def preview_coverage(
    work: RequestWork,
    client_id: FromQuery[UUID],
    device_id: FromQuery[UUID | None] = None,
    site_id: FromQuery[UUID | None] = None,
    service_category: FromQuery[str] = "",
    product_category: FromQuery[str] = "",
) -> CoveragePreview:
    """What the client's contracts say of a report that is not made yet, as of now."""
    return await CoverageService(work).preview(
        CoverageQuestion(
            client_id=client_id,
            site_id=site_id,
            device_id=device_id,
            product_category=product_category,
            service_category=service_category,
            at=work.now,
        )
    )


@get(HERE, permission=Permission.TICKET_READ, tags=TAGS)
async def read_coverage(work: RequestWork, ticket_id: FromPath[UUID]) -> TicketCoverageView:
    """Whether the ticket is covered; the reason for the company's own people only. Not found until the contracts were
    asked, some two seconds after the report."""
    found = await CoverageService(work).of_ticket(ticket_id)
    if found is None:
        raise NotFound
    return found


@get(f"{HERE}/reasons", permission=Permission.TICKET_READ, tags=TAGS)
async def list_coverage_reasons(work: RequestWork, ticket_id: FromPath[UUID]) -> list[CoverageReasonView]:
    """All answers about the ticket with their reasons, the newest first; none for the client's people."""
    return await CoverageService(work).history(ticket_id)


@put(f"{HERE}/override", permission=CoveragePermission.COVERAGE_OVERRIDE, tags=TAGS)
async def override_coverage(
    work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[CoverageOverride]
) -> TicketCoverageView:
    """Say otherwise than the contract, with a reason for colleagues."""
    return await CoverageService(work).override(ticket_id, data)


@delete(f"{HERE}/override", permission=CoveragePermission.COVERAGE_OVERRIDE, status_code=200, tags=TAGS)
async def ask_contracts_again(work: RequestWork, ticket_id: FromPath[UUID]) -> TicketCoverageView:
    """Have the contracts answer anew, in place of what a member said."""
    return await CoverageService(work).ask_again(ticket_id)


handlers = handlers_of(__name__)
