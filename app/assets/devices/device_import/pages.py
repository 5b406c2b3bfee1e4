"""Pages of the device import: upload, dry run, confirmation, progress."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.assets.devices import forms
from app.assets.devices.device_import.api import ERROR_SHEET, MOST_BODY_BYTES, import_service, xlsx_response
from app.assets.devices.device_import.reading import FIELD_NAMES, MESSAGES
from app.assets.devices.device_import.service import MAPPED_FIELDS
from app.assets.devices.device_import.states import IN_PROGRESS, STATE_NAMES, ImportState
from app.assets.devices.errors import NothingUploaded
from app.assets.devices.schemas import MappingChoice
from app.assets.devices.services.choices import ClientChoices
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.encodings import ENCODING_NAMES, Encoding
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
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
    return await _list(request, work, FormValues({"client": client}))


@post(BASE, permission=Permission.DEVICE_IMPORT, include_in_schema=False, request_max_body_size=MOST_BODY_BYTES)
async def upload_list(request: WebRequest) -> Response[Any]:
    """Store the list and do the dry run."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        client_id, upload = forms.id_of(form["client"]), form.upload("file")
        if client_id is None or upload is None:
            raise NothingUploaded
        encoding = _encoding(form["encoding"]) or Encoding.AUTOMATIC
        service = import_service(request, work)
        uploaded = await service.upload(client_id, upload.filename, await upload.read(), encoding)
        return f"{BASE}/{uploaded.id}"

    return await submit(request, act, partial(_list, request))


async def _list(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    return render_form(
        request,
        "devices/imports.html",
        error,
        imports=await import_service(request, work).recent(),
        clients=await ClientChoices(work).clients(),
        values=values,
        encodings=ENCODING_NAMES,
        state_names=STATE_NAMES,
        current_page="devices",
    )


@get(f"{BASE}/{{import_id:uuid}}", permission=Permission.DEVICE_IMPORT, include_in_schema=False)
async def import_page(request: WebRequest, work: RequestWork, import_id: FromPath[UUID]) -> Response[Any]:
    """One import, at the step where it is."""
    return await _import(request, import_id, work)


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

    async def act(work: UnitOfWork, form: FormValues) -> str:
        choice = MappingChoice(
            mapping=_mapping(form), encoding=_encoding(form["encoding"]), version=form.whole_number("version")
        )
        await import_service(request, work).map(import_id, choice)
        return f"{BASE}/{import_id}"

    return await submit(request, act, partial(_import, request, import_id))


@post(f"{BASE}/{{import_id:uuid}}/confirm", permission=Permission.DEVICE_IMPORT, include_in_schema=False)
async def confirm_import(request: WebRequest, import_id: FromPath[UUID]) -> Response[Any]:
    """Confirm the import: the good rows will be written."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await import_service(request, work).confirm(import_id, form.whole_number("version"))
        return f"{BASE}/{import_id}"

    return await submit(request, act)


@post(f"{BASE}/{{import_id:uuid}}/cancel", permission=Permission.DEVICE_IMPORT, include_in_schema=False)
async def cancel_import(request: WebRequest, import_id: FromPath[UUID]) -> Response[Any]:
    """Cancel the import, also while it is being written."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await import_service(request, work).cancel(import_id)
        return f"{BASE}/{import_id}"

    return await submit(request, act)


@get(
    f"{BASE}/{{import_id:uuid}}/error-sheet",
    permission=Permission.DEVICE_IMPORT,
    include_in_schema=False,
    audited=ERROR_SHEET,
)
async def error_sheet(request: WebRequest, work: RequestWork, import_id: FromPath[UUID]) -> Response[bytes]:
    """The refused and doubtful rows as an .xlsx."""
    return xlsx_response(*await import_service(request, work).error_sheet(import_id))


def _mapping(form: FormValues) -> dict[str, str | None]:
    """Heading → field of the columns that the person decided about; the others stay as they are recognised."""
    chosen = {name.removeprefix(_COLUMN): text for name, text in form.items() if name.startswith(_COLUMN)}
    return {heading: None if field == _LEFT_OUT else field for heading, field in chosen.items() if field}


def _encoding(chosen: str) -> Encoding | None:
    return Encoding(chosen) if chosen in set(Encoding) else None


async def _import(
    request: WebRequest,
    import_id: UUID,
    work: UnitOfWork,
    _: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    run = await import_service(request, work).get(import_id)
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
