"""发票 as JSON."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.platform.http.idempotency import idempotent
from app.platform.http.openapi_description import binary
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.texts import SOURCE_LANGUAGE, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import write_workbook
from app.platform.lists.web_interface import api_page
from billing.invoicing.fapiao_listing import FAPIAO_LIST
from billing.invoicing.fapiao_schemas import FapiaoNumbered, FapiaoView, RedRequest
from billing.invoicing.fapiao_sheet import COLUMNS, sheet_rows
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import DraftVersion
from billing.invoicing.services.fapiaos import Fapiaos
from billing.invoicing.services.invoices import Invoices

TAGS = ["invoices"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_READ, _WRITE = InvoicePermission.INVOICE_READ, InvoicePermission.INVOICE_WRITE


@get("/fapiaos", permission=_WRITE, tags=TAGS)
async def list_fapiaos(
    work: RequestWork,
    q: FromQuery[str] = "",
    fapiao_state: Annotated[str, QueryParameter(name="state", max_length=20)] = "",
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Page[FapiaoView]:
    """All, the newest invoice first."""
    values = {"state": fapiao_state} if fapiao_state else {}
    return await api_page(work, FAPIAO_LIST, conditions=FAPIAO_LIST.conditions(values, q), sort=sort, cursor=cursor)


@get("/fapiaos/{fapiao_id:uuid}", permission=_READ, tags=TAGS)
async def read_fapiao(work: RequestWork, fapiao_id: FromPath[UUID]) -> FapiaoView:
    """One."""
    return await Fapiaos(work).get(fapiao_id)


@get("/invoices/{invoice_id:uuid}/fapiaos", permission=_READ, tags=TAGS)
async def list_fapiaos_of_invoice(work: RequestWork, invoice_id: FromPath[UUID]) -> Page[FapiaoView]:
    """Those of an invoice, the newest first, on one page."""
    await Invoices(work).get(invoice_id)
    return Page(await Fapiaos(work).of_invoice(invoice_id))


@post("/invoices/{invoice_id:uuid}/fapiaos", permission=_WRITE, tags=TAGS)
@idempotent()
async def request_fapiao(request: WebRequest, work: RequestWork, invoice_id: FromPath[UUID]) -> FapiaoView:
    """Ask for one about what is left of an invoice."""
    return await Fapiaos(work).request(invoice_id)


@post("/fapiaos/{fapiao_id:uuid}/number", permission=_WRITE, tags=TAGS)
@idempotent()
async def number_fapiao(
    request: WebRequest, work: RequestWork, fapiao_id: FromPath[UUID], data: JSONBody[FapiaoNumbered]
) -> FapiaoView:
    """Write down the number that the tax office gave: of the blue one, or of the red one once that is confirmed."""
    return await Fapiaos(work).number(fapiao_id, data)


@post("/fapiaos/{fapiao_id:uuid}/withdraw", permission=_WRITE, tags=TAGS)
@idempotent()
async def withdraw_fapiao(
    request: WebRequest, work: RequestWork, fapiao_id: FromPath[UUID], data: JSONBody[DraftVersion]
) -> FapiaoView:
    """Take the request back before it is entered."""
    return await Fapiaos(work).withdraw(fapiao_id, data.version)


@post("/fapiaos/{fapiao_id:uuid}/red", permission=_WRITE, tags=TAGS)
@idempotent()
async def request_red(
    request: WebRequest, work: RequestWork, fapiao_id: FromPath[UUID], data: JSONBody[RedRequest]
) -> FapiaoView:
    """Take it back: at once where the buyer has not used it, else after the other side has confirmed."""
    return await Fapiaos(work).request_red(fapiao_id, data)


@post("/fapiaos/{fapiao_id:uuid}/confirm-red", permission=_WRITE, tags=TAGS)
@idempotent()
async def confirm_red(
    request: WebRequest, work: RequestWork, fapiao_id: FromPath[UUID], data: JSONBody[DraftVersion]
) -> FapiaoView:
    """The other side has confirmed, within 72 hours."""
    return await Fapiaos(work).confirm_red(fapiao_id, data.version)


async def sheet_answer(work: UnitOfWork) -> Response[bytes]:
    """The workbook as a download, in the language of the tax office."""
    translate = translator(SOURCE_LANGUAGE)
    rows = list(sheet_rows(await Fapiaos(work).sheet()))
    data = write_workbook("发票", [translate(name) for name in COLUMNS], rows)
    disposition = f'attachment; filename="fapiao-{work.now:%Y%m%d}.xlsx"'
    return Response(data, media_type=XLSX, headers={"content-disposition": disposition})


@get("/fapiaos/sheet", permission=_WRITE, tags=TAGS, responses=binary(XLSX, "The sheet."))
async def download_fapiao_sheet(work: RequestWork) -> Response[bytes]:
    """What waits to be entered at the tax office, as an Excel sheet: one row for each line."""
    return await sheet_answer(work)


handlers = handlers_of(__name__)
