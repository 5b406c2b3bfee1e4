"""Pages of imports: upload, dry run, confirmation, progress; the same for every kind of list."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.imports.api import (
    ERROR_SHEET,
    MOST_BODY_BYTES,
    import_service,
    template_response,
    xlsx_response,
)
from app.platform.imports.declaration import ImportKind
from app.platform.imports.errors import NothingUploaded
from app.platform.imports.kinds import FIRST_KIND, kind_named, kinds_of
from app.platform.imports.schemas import MappingChoice
from app.platform.imports.states import IN_PROGRESS, STATE_NAMES, ImportState
from app.platform.kernel.encodings import ENCODING_NAMES, Encoding
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page, see_other
from rbac import Access

BASE = "/workspace/imports"
ISSUES_SHOWN = 200
_COLUMN = "column:"
"""Fields of the mapping form are called so, followed by the heading."""
_LEFT_OUT = "-"


@get(BASE, permission=Access.SIGNED_IN, include_in_schema=False)
async def imports_page(
    request: WebRequest, work: RequestWork, kind: FromQuery[str] = "", client: FromQuery[str] = ""
) -> Response[Any]:
    """The newest imports of one kind of list, and the form for another."""
    return await _list(request, work, FormValues({"kind": kind, "client": client}))


@get(f"{BASE}/templates/{{kind:str}}", permission=Access.SIGNED_IN, include_in_schema=False)
async def template(work: RequestWork, kind: FromPath[str]) -> Response[bytes]:
    """An empty list with its headings."""
    return template_response(work, kind)


@post(BASE, permission=Access.SIGNED_IN, include_in_schema=False, request_max_body_size=MOST_BODY_BYTES)
async def upload_list(request: WebRequest) -> Response[Any]:
    """Store the list and do the dry run."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        upload = form.upload("file")
        if upload is None:
            raise NothingUploaded
        encoding = _encoding(form["encoding"]) or Encoding.AUTOMATIC
        uploaded = await import_service(request, work).upload(
            _kind(work, form).name, _id(form["client"]), upload.filename, await upload.read(), encoding
        )
        return f"{BASE}/{uploaded.id}"

    return await submit(request, act, partial(_list, request))


def _kind(work: UnitOfWork, form: FormValues) -> ImportKind:
    """The chosen kind of list, or one that the actor may import."""
    allowed = {kind.name: kind for kind in kinds_of(work.actor)}
    return allowed.get(form["kind"] or FIRST_KIND) or next(iter(allowed.values()))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


async def _list(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    kind = _kind(work, values)
    needs_client = not kind.owner_field or work.actor.clients is not None
    return render_form(
        request,
        "imports/list.html",
        error,
        kind=kind,
        kinds=kinds_of(work.actor),
        required={field.name for field in kind.fields if field.required},
        imports=await import_service(request, work).recent(kind.name),
        clients=await kind.owner.choices(work) if kind.owner else None,
        needs_client=needs_client,
        values=values,
        encodings=ENCODING_NAMES,
        state_names=STATE_NAMES,
        current_page=kind.home.key,
    )


@get(f"{BASE}/{{import_id:uuid}}", permission=Access.SIGNED_IN, include_in_schema=False)
async def import_page(request: WebRequest, work: RequestWork, import_id: FromPath[UUID]) -> Response[Any]:
    """One import, at the step where it is."""
    return await _import(request, import_id, work)


@get(f"{BASE}/{{import_id:uuid}}/progress", permission=Access.SIGNED_IN, include_in_schema=False)
async def progress(request: WebRequest, work: RequestWork, import_id: FromPath[UUID]) -> Response[Any]:
    """How far the writing has come; when it is over, the page is asked for again."""
    run = await import_service(request, work).get(import_id)
    if run.state in IN_PROGRESS:
        return page(request, "imports/progress.html", run=run)
    return see_other(request, f"{BASE}/{import_id}")


@post(f"{BASE}/{{import_id:uuid}}/mapping", permission=Access.SIGNED_IN, include_in_schema=False)
async def map_columns(request: WebRequest, import_id: FromPath[UUID]) -> Response[Any]:
    """What each column means, or in which encoding the file is, as the person chose it."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        choice = MappingChoice(
            mapping=_mapping(form),
            encoding=_encoding(form["encoding"]),
            prefers_list=form["prefers_list"] == "yes" if form["prefers_list"] else None,
            version=form.whole_number("version"),
        )
        await import_service(request, work).map(import_id, choice)
        return f"{BASE}/{import_id}"

    return await submit(request, act, partial(_import, request, import_id))


@post(f"{BASE}/{{import_id:uuid}}/confirm", permission=Access.SIGNED_IN, include_in_schema=False)
async def confirm_import(request: WebRequest, import_id: FromPath[UUID]) -> Response[Any]:
    """Confirm the import: the good rows will be written."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await import_service(request, work).confirm(import_id, form.whole_number("version"))
        return f"{BASE}/{import_id}"

    return await submit(request, act)


@post(f"{BASE}/{{import_id:uuid}}/cancel", permission=Access.SIGNED_IN, include_in_schema=False)
async def cancel_import(request: WebRequest, import_id: FromPath[UUID]) -> Response[Any]:
    """Cancel the import, also while it is being written."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await import_service(request, work).cancel(import_id)
        return f"{BASE}/{import_id}"

    return await submit(request, act)


@get(
    f"{BASE}/{{import_id:uuid}}/error-sheet",
    permission=Access.SIGNED_IN,
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
    kind = kind_named(run.kind)
    return render_form(
        request,
        "imports/import.html",
        error,
        run=run,
        kind=kind,
        working=run.state in IN_PROGRESS,
        state_names=STATE_NAMES,
        states=ImportState,
        encodings=ENCODING_NAMES,
        issues=run.issues[:ISSUES_SHOWN],
        current_page=kind.home.key,
    )


handlers = handlers_of(__name__)
