"""Pages of the device import: upload, dry run, confirmation, progress."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery

from app.assets.devices import forms
from app.assets.devices.device_import.api import ERROR_SHEET, MOST_BODY_BYTES, import_service, xlsx_response
from app.assets.devices.device_import.reading import FIELD_NAMES, MESSAGES, FileRefused
from app.assets.devices.device_import.service import MAPPED_FIELDS
from app.assets.devices.device_import.states import IN_PROGRESS, STATE_NAMES, ImportState
from app.assets.devices.errors import NothingUploaded
from app.assets.devices.schemas import ImportView, MappingChoice
from app.assets.devices.services.choices import ClientChoices
from app.platform.http.authentication import actor_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.encodings import ENCODING_NAMES, Encoding
from app.platform.kernel.errors import DomainError, NotFound
from app.platform.web.forms import SubmittedForm, render_form, submitted_form
from app.platform.web.pages import page, see_other
from rbac import Permission

BASE = "/workspace/imports"
ISSUES_SHOWN = 200
_COLUMN = "column:"
"""Fields of the mapping form are called so, followed by the heading."""
_LEFT_OUT = "-"


@get(BASE, permission=Permission.DEVICE_IMPORT, include_in_schema=False)
async def imports_page(request: WebRequest, work: RequestWork, client: FromQuery[str] = "") -> Response[Any]:
    """The newest imports, and the form for another."""
    return await _list(request, work, client)


@post(BASE, permission=Permission.DEVICE_IMPORT, include_in_schema=False, request_max_body_size=MOST_BODY_BYTES)
async def upload_list(request: WebRequest) -> Response[Any]:
    """Store the list and do the dry run."""
    form = await request.form()
    client, upload = str(form.get("client") or ""), form.get("file")
    encoding = _encoding(str(form.get("encoding") or "")) or Encoding.AUTOMATIC
    units_of_work = runtime_of(request).units_of_work
    try:
        client_id = forms.id_of(client)
        if client_id is None or not isinstance(upload, UploadFile) or not upload.filename:
            raise NothingUploaded
        content = await upload.read()
        async with units_of_work.begin(actor_of(request), origin_of(request)) as work:
            uploaded = await import_service(request, work).upload(client_id, upload.filename, content, encoding)
    except NotFound:
        raise
    except DomainError as error:
        async with units_of_work.begin(actor_of(request), origin_of(request)) as work:
            return await _list(request, work, client, error)
    return see_other(request, f"{BASE}/{uploaded.id}")


async def _list(request: WebRequest, work: RequestWork, client: str, error: DomainError | None = None) -> Response[Any]:
    return render_form(
        request,
        "devices/imports.html",
        error,
        imports=await import_service(request, work).recent(),
        clients=await ClientChoices(work).clients(),
        client=client,
        encodings=ENCODING_NAMES,
        state_names=STATE_NAMES,
        current_page="devices",
    )


@get(f"{BASE}/{{import_id:uuid}}", permission=Permission.DEVICE_IMPORT, include_in_schema=False)
async def import_page(request: WebRequest, work: RequestWork, import_id: FromPath[UUID]) -> Response[Any]:
    """One import, at the step where it is."""
    return _import(request, await import_service(request, work).get(import_id))


@get(f"{BASE}/{{import_id:uuid}}/progress", permission=Permission.DEVICE_IMPORT, include_in_schema=False)
async def progress(request: WebRequest, work: RequestWork, import_id: FromPath[UUID]) -> Response[Any]:
    """How far the writing has come; when it is over, the page is asked for again."""
    run = await import_service(request, work).get(import_id)
    if run.state in IN_PROGRESS:
        return page(request, "devices/import_progress.html", run=run)
    return see_other(request, f"{BASE}/{import_id}")


@post(f"{BASE}/{{import_id:uuid}}/mapping", permission=Permission.DEVICE_IMPORT, include_in_schema=False)
async def map_columns(request: WebRequest, import_id: FromPath[UUID]) -> Response[Any]:
    """What each column means, or in which encoding the file is, as the person chose it."""
    form = await submitted_form(request)
    encoding = _encoding(form.texts().get("encoding", ""))
    choice = MappingChoice(mapping=_mapping(form), encoding=encoding, version=forms.version_of(form))
    units_of_work = runtime_of(request).units_of_work
    try:
        async with units_of_work.begin(actor_of(request), origin_of(request)) as work:
            await import_service(request, work).map(import_id, choice)
    except FileRefused as refused:
        async with units_of_work.begin(actor_of(request), origin_of(request)) as work:
            return _import(request, await import_service(request, work).get(import_id), refused)
    return see_other(request, f"{BASE}/{import_id}")


@post(f"{BASE}/{{import_id:uuid}}/confirm", permission=Permission.DEVICE_IMPORT, include_in_schema=False)
async def confirm_import(request: WebRequest, work: RequestWork, import_id: FromPath[UUID]) -> Response[Any]:
    """Confirm the import: the good rows will be written."""
    form = await submitted_form(request)
    await import_service(request, work).confirm(import_id, forms.version_of(form))
    return see_other(request, f"{BASE}/{import_id}")


@post(f"{BASE}/{{import_id:uuid}}/cancel", permission=Permission.DEVICE_IMPORT, include_in_schema=False)
async def cancel_import(request: WebRequest, work: RequestWork, import_id: FromPath[UUID]) -> Response[Any]:
    """Cancel the import, also while it is being written."""
    await import_service(request, work).cancel(import_id)
    return see_other(request, f"{BASE}/{import_id}")


@get(
    f"{BASE}/{{import_id:uuid}}/error-sheet",
    permission=Permission.DEVICE_IMPORT,
    include_in_schema=False,
    audited=ERROR_SHEET,
)
async def error_sheet(request: WebRequest, work: RequestWork, import_id: FromPath[UUID]) -> Response[bytes]:
    """The refused and doubtful rows as an .xlsx."""
    return xlsx_response(*await import_service(request, work).error_sheet(import_id))


def _mapping(form: SubmittedForm) -> dict[str, str | None]:
    """Heading → field of the columns that the person decided about; the others stay as they are recognised."""
    chosen = {name.removeprefix(_COLUMN): text for name, text in form.texts().items() if name.startswith(_COLUMN)}
    return {heading: None if field == _LEFT_OUT else field for heading, field in chosen.items() if field}


def _encoding(chosen: str) -> Encoding | None:
    return Encoding(chosen) if chosen in set(Encoding) else None


def _import(request: WebRequest, run: ImportView, error: DomainError | None = None) -> Response[Any]:
    return render_form(
        request,
        "devices/import.html",
        error,
        run=run,
        working=run.state in IN_PROGRESS,
        state_names=STATE_NAMES,
        states=ImportState,
        field_names=FIELD_NAMES,
        encodings=ENCODING_NAMES,
        mapped_fields=MAPPED_FIELDS,
        messages=MESSAGES,
        issues=run.issues[:ISSUES_SHOWN],
        current_page="devices",
    )


handlers = [
    imports_page,
    upload_list,
    import_page,
    progress,
    map_columns,
    confirm_import,
    cancel_import,
    error_sheet,
]
