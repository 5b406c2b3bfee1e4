"""Pages of the device import: upload, dry run, confirmation, progress."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery

from app.devices import forms
from app.devices.errors import NothingUploaded
from app.devices.import_states import STATE_NAMES, WORKING, ImportState
from app.devices.importing import FIELD_NAMES, MESSAGES, FileRefused
from app.devices.imports_api import ERROR_SHEET, MOST_BODY_BYTES, import_service, workbook
from app.devices.schemas import ImportView, MappingChoice
from app.devices.services.choices import ClientChoices
from app.devices.services.imports import MAPPED_FIELDS
from app.http.authentication import actor_of
from app.http.requests import origin_of
from app.http.work import RequestWork, runtime_of
from app.kernel.encodings import ENCODING_NAMES, Encoding
from app.kernel.errors import DomainError, NotFound
from app.web.forms import TypedForm, redraw, typed_form
from app.web.pages import page, see_other
from rbac import Permission

Asked = Request[Any, Any, Any]
BASE = "/workspace/imports"
ISSUES_SHOWN = 200
_COLUMN = "column:"
"""Fields of the mapping form are called so, followed by the heading."""
_LEFT_OUT = "-"


@get(BASE, permission=Permission.DEVICE_IMPORT, include_in_schema=False)
async def imports_page(request: Asked, work: RequestWork, client: FromQuery[str] = "") -> Response[Any]:
    """The newest imports, and the form for another."""
    return await _list(request, work, client)


@post(BASE, permission=Permission.DEVICE_IMPORT, include_in_schema=False, request_max_body_size=MOST_BODY_BYTES)
async def upload_list(request: Asked) -> Response[Any]:
    """Store the list and do the dry run."""
    form = await request.form()
    client, upload = str(form.get("client") or ""), form.get("file")
    encoding = _encoding(str(form.get("encoding") or "")) or Encoding.AUTOMATIC
    works = runtime_of(request).works
    try:
        client_id = forms.id_of(client)
        if client_id is None or not isinstance(upload, UploadFile) or not upload.filename:
            raise NothingUploaded
        content = await upload.read()
        async with works.begin(actor_of(request), origin_of(request)) as work:
            tried = await import_service(request, work).upload(client_id, upload.filename, content, encoding)
    except NotFound:
        raise
    except DomainError as error:
        async with works.begin(actor_of(request), origin_of(request)) as work:
            return await _list(request, work, client, error)
    return see_other(request, f"{BASE}/{tried.id}")


async def _list(request: Asked, work: RequestWork, client: str, error: DomainError | None = None) -> Response[Any]:
    return redraw(
        request,
        "devices/imports.html",
        error,
        imports=await import_service(request, work).recent(),
        clients=await ClientChoices(work).clients(),
        client=client,
        encodings=ENCODING_NAMES,
        state_names=STATE_NAMES,
        place="devices",
    )


@get(f"{BASE}/{{import_id:uuid}}", permission=Permission.DEVICE_IMPORT, include_in_schema=False)
async def import_page(request: Asked, work: RequestWork, import_id: FromPath[UUID]) -> Response[Any]:
    """One import, at the step where it is."""
    return _import(request, await import_service(request, work).get(import_id))


@get(f"{BASE}/{{import_id:uuid}}/progress", permission=Permission.DEVICE_IMPORT, include_in_schema=False)
async def progress(request: Asked, work: RequestWork, import_id: FromPath[UUID]) -> Response[Any]:
    """How far the writing has come; when it is over, the page is asked for again."""
    found = await import_service(request, work).get(import_id)
    if found.state in WORKING:
        return page(request, "devices/import_progress.html", found=found)
    return see_other(request, f"{BASE}/{import_id}")


@post(f"{BASE}/{{import_id:uuid}}/mapping", permission=Permission.DEVICE_IMPORT, include_in_schema=False)
async def map_columns(request: Asked, import_id: FromPath[UUID]) -> Response[Any]:
    """What each column means, or in which encoding the file is, as the person chose it."""
    form = await typed_form(request)
    encoding = _encoding(form.shown().get("encoding", ""))
    choice = MappingChoice(mapping=_mapping(form), encoding=encoding, version=forms.version_of(form))
    works = runtime_of(request).works
    try:
        async with works.begin(actor_of(request), origin_of(request)) as work:
            await import_service(request, work).map(import_id, choice)
    except FileRefused as refused:
        async with works.begin(actor_of(request), origin_of(request)) as work:
            return _import(request, await import_service(request, work).get(import_id), refused)
    return see_other(request, f"{BASE}/{import_id}")


@post(f"{BASE}/{{import_id:uuid}}/confirm", permission=Permission.DEVICE_IMPORT, include_in_schema=False)
async def confirm_import(request: Asked, work: RequestWork, import_id: FromPath[UUID]) -> Response[Any]:
    """Confirm the import: the good rows will be written."""
    form = await typed_form(request)
    await import_service(request, work).confirm(import_id, forms.version_of(form))
    return see_other(request, f"{BASE}/{import_id}")


@post(f"{BASE}/{{import_id:uuid}}/cancel", permission=Permission.DEVICE_IMPORT, include_in_schema=False)
async def cancel_import(request: Asked, work: RequestWork, import_id: FromPath[UUID]) -> Response[Any]:
    """Cancel the import, also while it is being written."""
    await import_service(request, work).cancel(import_id)
    return see_other(request, f"{BASE}/{import_id}")


@get(
    f"{BASE}/{{import_id:uuid}}/error-sheet",
    permission=Permission.DEVICE_IMPORT,
    include_in_schema=False,
    audited=ERROR_SHEET,
)
async def error_sheet(request: Asked, work: RequestWork, import_id: FromPath[UUID]) -> Response[bytes]:
    """The refused and doubtful rows as an .xlsx."""
    return workbook(*await import_service(request, work).error_sheet(import_id))


def _mapping(form: TypedForm) -> dict[str, str | None]:
    """Heading → field of the columns that the person decided about; the others stay as they are recognised."""
    chosen = {name.removeprefix(_COLUMN): text for name, text in form.shown().items() if name.startswith(_COLUMN)}
    return {heading: None if field == _LEFT_OUT else field for heading, field in chosen.items() if field}


def _encoding(chosen: str) -> Encoding | None:
    return Encoding(chosen) if chosen in set(Encoding) else None


def _import(request: Asked, found: ImportView, error: DomainError | None = None) -> Response[Any]:
    return redraw(
        request,
        "devices/import.html",
        error,
        found=found,
        working=found.state in WORKING,
        state_names=STATE_NAMES,
        states=ImportState,
        field_names=FIELD_NAMES,
        encodings=ENCODING_NAMES,
        mapped_fields=MAPPED_FIELDS,
        messages=MESSAGES,
        issues=found.issues[:ISSUES_SHOWN],
        place="devices",
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
