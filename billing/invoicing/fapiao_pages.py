"""发票 in the partner workspace."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.platform.files import file_store_of
from app.platform.files.web_interface import UPLOAD_BODY_LIMIT, inspected_uploads, uploads_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.pages import translator_of
from app.platform.web.records import RecordHead, record_page
from billing.invoicing.addresses import FAPIAOS, INVOICES
from billing.invoicing.fapiao_api import sheet_answer
from billing.invoicing.fapiao_listing import FAPIAO_LIST
from billing.invoicing.fapiao_schemas import FapiaoNumbered, RedRequest
from billing.invoicing.fapiao_states import (
    ENTERED_BY_NAMES,
    FAPIAO_STATE_NAMES,
    RED_REASON_NAMES,
    FapiaoState,
)
from billing.invoicing.page_context import shared
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import FAPIAO_KIND_NAMES
from billing.invoicing.services.credit_notes import CreditNotes
from billing.invoicing.services.fapiaos import Fapiaos
from tenants.company_time import company_day

TONES: Final = {
    FapiaoState.REQUESTED: "waiting",
    FapiaoState.ISSUED: "good",
    FapiaoState.WITHDRAWN: "neutral",
    FapiaoState.RED_PENDING: "waiting",
    FapiaoState.RED_CONFIRMED: "active",
    FapiaoState.RED_LAPSED: "bad",
    FapiaoState.RED_ISSUED: "neutral",
}
_WRITE: Final = InvoicePermission.INVOICE_WRITE
_NAMES: Final[dict[str, Any]] = {"state_names": FAPIAO_STATE_NAMES, "kind_names": FAPIAO_KIND_NAMES, "tones": TONES}


@get(FAPIAOS, permission=_WRITE, include_in_schema=False)
async def fapiaos_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """All 发票."""
    return await list_page(request, work, FAPIAO_LIST, "invoicing/fapiaos.html", **_NAMES, **shared(request))


@get(f"{FAPIAOS}/sheet", permission=_WRITE, include_in_schema=False)
async def download_fapiao_sheet_from_page(work: RequestWork) -> Response[bytes]:
    """What waits to be entered at the tax office."""
    return await sheet_answer(work)


@get(f"{FAPIAOS}/{{fapiao_id:uuid}}", permission=_WRITE, include_in_schema=False)
async def fapiao_page(
    request: WebRequest, work: RequestWork, fapiao_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One 发票."""
    today = await company_day(work)
    return await _page(request, fapiao_id, work, FormValues({"issued_on": today.isoformat()}), tab=tab)


async def _page(
    request: WebRequest,
    fapiao_id: UUID,
    work: UnitOfWork,
    values: FormValues,
    error: DomainError | None = None,
    *,
    tab: str = "",
) -> Response[Any]:
    fapiaos, translate = Fapiaos(work), translator_of(request)
    found = await fapiaos.get(fapiao_id)
    record = RecordHead(
        kind="fapiao",
        id=found.id,
        title=found.buyer_title,
        number=found.number or found.invoice_number,
        base=f"{FAPIAOS}/{found.id}",
        list_href=FAPIAOS,
        list_label=N_("发票"),
        tab=tab,
    )
    notes = await CreditNotes(work).of_invoice(found.invoice_id)
    return record_page(
        request,
        "invoicing/fapiao.html",
        record,
        error,
        fapiao=found,
        files=await fapiaos.files(fapiao_id),
        number_fields=fields_of(FapiaoNumbered),
        red_fields=fields_of(RedRequest),
        choices={
            "reason": [(reason, translate(name)) for reason, name in RED_REASON_NAMES.items()],
            "entered_by": [(who, translate(name)) for who, name in ENTERED_BY_NAMES.items()],
        },
        notes=[(str(note.id), note.number) for note in notes],
        reason_names=RED_REASON_NAMES,
        values=values,
        invoice_href=f"{INVOICES}/{found.invoice_id}",
        **_NAMES,
        **shared(request),
    )


@post(f"{INVOICES}/{{invoice_id:uuid}}/fapiao", permission=_WRITE, include_in_schema=False)
async def request_fapiao(request: WebRequest, invoice_id: FromPath[UUID]) -> Response[Any]:
    """Ask for one."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        return f"{FAPIAOS}/{(await Fapiaos(work).request(invoice_id)).id}"

    return await submit(request, act)


@post(f"{FAPIAOS}/{{fapiao_id:uuid}}", permission=_WRITE, include_in_schema=False)
async def change_fapiao(request: WebRequest, fapiao_id: FromPath[UUID]) -> Response[Any]:
    """What the submit button's `action` says."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        fapiaos, version = Fapiaos(work), form.whole_number("version")
        match form["action"]:
            case "withdraw":
                await fapiaos.withdraw(fapiao_id, version)
            case "confirm_red":
                await fapiaos.confirm_red(fapiao_id, version)
            case "red":
                await fapiaos.request_red(fapiao_id, form.read(RedRequest))
            case _:
                await fapiaos.number(fapiao_id, form.read(FapiaoNumbered))
        return f"{FAPIAOS}/{fapiao_id}"

    return await submit(request, act, partial(_page, request, fapiao_id))


@post(
    f"{FAPIAOS}/{{fapiao_id:uuid}}/files",
    permission=_WRITE,
    include_in_schema=False,
    request_max_body_size=UPLOAD_BODY_LIMIT,
)
async def attach_file(request: WebRequest, fapiao_id: FromPath[UUID]) -> Response[Any]:
    """Keep a file that came back."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        files = await inspected_uploads(request, await uploads_of(request, "files"), tax_documents=True)
        await Fapiaos(work).attach(fapiao_id, list(files), file_store_of(runtime_of(request)))
        return f"{FAPIAOS}/{fapiao_id}"

    return await submit(request, act, partial(_page, request, fapiao_id))


handlers = [*handlers_of(__name__), *list_handlers(FAPIAO_LIST)]
