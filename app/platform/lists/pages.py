"""The page of a list, and the addresses around it: export, columns, rows, saved views, actions on many.

Everything works without script: each form carries the list's query along and comes back to it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.platform.http.audited_reads import Audited
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.address import ALL, PARAMETERS, ListAddress, read_address, read_query
from app.platform.lists.bulk import BulkRuns
from app.platform.lists.declaration import RecordList, Row
from app.platform.lists.paging import MOST_EXPORTED, every_row, page_at
from app.platform.lists.permissions import SavedViewPermission
from app.platform.lists.presenting import ListPage, Opened, address_of_view, list_page_of
from app.platform.lists.schemas import MOST_COLUMNS, SavedViewCreate, SavedViewSummary, SavedViewUpdate
from app.platform.lists.service import ListPreferences, SavedViews
from app.platform.lists.workbook import MEDIA_TYPE, write_workbook
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.pages import page, see_other, translator_of

CUT: str = N_("只导出了前 %(count)s 行；要更多，请先缩小范围。")
"""Stands under the last row of a sheet that does not hold all rows."""

ContextOf = Callable[[ListPage[Any]], Awaitable[Mapping[str, Any]]]
"""What a template needs besides the list, from the rows that it shows."""


async def list_page(
    request: WebRequest,
    work: UnitOfWork,
    listing: RecordList[Row],
    template: str,
    *,
    more: ContextOf | None = None,
    fragment: str | None = None,
    **context: Any,
) -> Response[Any]:
    """The page that the request's address means; `template` finds it as `list`. Without any parameter it is the
    person's default view.

    Raises:
        Forbidden: without the list's permission.
        BadRequest: for a cursor that is none of this list's.
    """
    base = listing.base_for(work.actor)
    address = read_address(listing, base, request.query_params)
    saved = SavedViews(work, listing)
    preference, views = await ListPreferences(work).of(listing), await saved.all()
    if not request.query_params and preference.default_view is not None:
        default = next((view for view in views if view.id == preference.default_view), None)
        if default is not None:
            return see_other(request, address_of_view(address, default).href())
    found = await page_at(work, listing, address)
    run_id = _id(request.query_params.get("done", ""))
    outcome = await BulkRuns(work, listing).outcome(run_id) if run_id else None
    shown = await list_page_of(
        work, listing, address, Opened(found, preference, views, outcome), translator_of(request)
    )
    further = await more(shown) if more is not None else {}
    return page(request, template, fragment=fragment, list=shown, **context, **further)


def list_handlers(listing: RecordList[Any]) -> list[Any]:
    """The handlers of the addresses around a list; its own page is the area's."""
    permission = listing.permission

    @get(
        listing.paths("/export"),
        permission=permission,
        include_in_schema=False,
        audited=Audited("list.exported", listing.record_kind, query=(*PARAMETERS, *(f.key for f in listing.filters))),
        name=f"export_{listing.key}",
    )
    async def export_list(request: WebRequest, work: RequestWork) -> Response[bytes]:
        """What the list shows, all rows of it, as a sheet."""
        address = read_address(listing, listing.base_for(work.actor), request.query_params)
        return await exported(work, listing, address, await _columns_shown(work, listing, address))

    @post(listing.paths("/columns"), permission=permission, include_in_schema=False)
    async def choose_columns(request: WebRequest) -> Response[Any]:
        """Which columns the person sees, and in which order; `up` and `down` move one of them."""

        async def act(work: UnitOfWork, form: FormValues) -> str:
            keys = _moved(form.checked("column"), form["up"], form["down"])[:MOST_COLUMNS]
            return await _choose_columns(work, listing, [] if form["usual"] else keys, form)

        return await submit(request, act)

    @post(listing.paths("/rows"), permission=permission, include_in_schema=False)
    async def choose_rows(request: WebRequest) -> Response[Any]:
        """Compact or comfortable rows, in all lists."""

        async def act(work: UnitOfWork, form: FormValues) -> str:
            await ListPreferences(work).set_compact(compact=bool(form["compact"]))
            return _back(listing, work, form)

        return await submit(request, act)

    @post(listing.paths("/views"), permission=permission, include_in_schema=False)
    async def keep_view(request: WebRequest) -> Response[Any]:
        """Keep what is shown as a view."""

        async def act(work: UnitOfWork, form: FormValues) -> str:
            address = _address(listing, work, form)
            columns = await _columns_shown(work, listing, address)
            view = await SavedViews(work, listing).create(
                form.read(SavedViewCreate, query=address.query, columns=columns)
            )
            if form["default"]:
                await ListPreferences(work).set_default_view(listing, view.id)
            return address_of_view(address, view).href()

        return await submit(request, act)

    @post(listing.paths("/views/{view_id:uuid}"), permission=permission, include_in_schema=False)
    async def change_view(request: WebRequest, view_id: FromPath[UUID]) -> Response[Any]:
        """Change a view, by the button that was pressed."""

        async def act(work: UnitOfWork, form: FormValues) -> str:
            return await _change_view(work, listing, view_id, form)

        return await submit(request, act)

    @post(listing.paths("/bulk/{action:str}"), permission=permission, include_in_schema=False)
    async def act_on_many(request: WebRequest, action: FromPath[str]) -> Response[Any]:
        """Do something with each of the marked rows."""

        async def act(work: UnitOfWork, form: FormValues) -> str:
            runs = BulkRuns(work, listing)
            chosen = runs.action(action)
            asked = FormValues({each.name: form[f"{action}.{each.name}"] for each in chosen.fields})
            outcome = await runs.run(chosen, _ids(form), lambda row_id: chosen.act(request, work, row_id, asked))
            return _back(listing, work, form, done=str(outcome.id))

        return await submit(request, act)

    @post(listing.paths("/undo/{run_id:uuid}"), permission=permission, include_in_schema=False)
    async def undo_on_many(request: WebRequest, run_id: FromPath[UUID]) -> Response[Any]:
        """Take an action on many back."""

        async def act(work: UnitOfWork, form: FormValues) -> str:
            runs = BulkRuns(work, listing)

            async def undo(action: str, row_id: UUID, before: Any) -> None:
                taking_back = runs.action(action).undo
                if taking_back is None:
                    raise NotFound
                await taking_back(request, work, row_id, before)

            await runs.undo(run_id, undo)
            return _back(listing, work, form, done=str(run_id))

        return await submit(request, act)

    posted: list[Any] = [choose_columns, choose_rows, keep_view, change_view]
    return [export_list, *posted, *([act_on_many, undo_on_many] if listing.bulk else [])]


async def exported(
    work: UnitOfWork, listing: RecordList[Any], address: ListAddress, keys: Sequence[str]
) -> Response[bytes]:
    """The list as a download, in the reader's language."""
    translate = translator(work.actor.language)
    columns = [column for column in listing.arranged(keys) if column.exported]
    rows = await every_row(work, listing, address)
    content = await asyncio.to_thread(
        write_workbook,
        translate(listing.label),
        [translate(column.label) for column in columns],
        ([column.text(row, translate) for column in columns] for row in rows),
        [column.width for column in columns],
        translate(CUT, count=MOST_EXPORTED) if len(rows) >= MOST_EXPORTED else "",
    )
    name = f"{translate(listing.label)}-{work.now:%Y%m%d}.xlsx"
    disposition = f"attachment; filename=\"{listing.key}.xlsx\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=MEDIA_TYPE, headers={"content-disposition": disposition})


async def _view_at(work: UnitOfWork, listing: RecordList[Any], address: ListAddress) -> SavedViewSummary | None:
    """The saved view that is open, if there is one and it says which columns it has."""
    if address.saved_id is None:
        return None
    views = await SavedViews(work, listing).all()
    return next((view for view in views if view.id == address.saved_id and view.columns), None)


async def _columns_shown(work: UnitOfWork, listing: RecordList[Any], address: ListAddress) -> list[str]:
    """The open view's columns, or those that the person has chosen."""
    view = await _view_at(work, listing, address)
    return list((await ListPreferences(work).of(listing)).columns if view is None else view.columns)


async def _choose_columns(work: UnitOfWork, listing: RecordList[Any], keys: list[str], form: FormValues) -> str:
    """Columns of the open view, if the person may change it; else the person's own, and the view is left."""
    address = _address(listing, work, form)
    view = await _view_at(work, listing, address)
    if view is not None and (work.actor.may(SavedViewPermission.SAVED_VIEW_WRITE) if view.shared else view.own):
        wanted = SavedViewUpdate(
            name=view.name, shared=view.shared, query=view.query, columns=keys, version=view.version
        )
        await SavedViews(work, listing).update(view.id, wanted)
        return address.href()
    await ListPreferences(work).set_columns(listing, keys)
    return _back(listing, work, form) if view is None else address.href(saved=ALL)


async def _change_view(work: UnitOfWork, listing: RecordList[Any], view_id: UUID, form: FormValues) -> str:
    views, preferences, address = SavedViews(work, listing), ListPreferences(work), _address(listing, work, form)
    view = await views.get(view_id)
    match form["action"]:
        case "save":
            columns = await _columns_shown(work, listing, address)
            wanted = form.read(
                SavedViewUpdate, name=view.name, shared=view.shared, query=address.query, columns=columns
            )
            view = await views.update(view_id, wanted)
            return address_of_view(address, view).href()
        case "rename":
            wanted = form.read(SavedViewUpdate, query=view.query, columns=view.columns)
            await views.update(view_id, wanted)
        case "default":
            await preferences.set_default_view(listing, view_id)
        case "not_default":
            await preferences.set_default_view(listing, None)
        case "delete":
            await views.delete(view_id)
            return address.href(saved=ALL)
        case _:
            raise Invalid(fields={"action": N_("请选择要做的操作。")})
    return address.href()


def _address(listing: RecordList[Any], work: UnitOfWork, form: FormValues) -> ListAddress:
    return read_query(listing, listing.base_for(work.actor), form["query"])


def _back(listing: RecordList[Any], work: UnitOfWork, form: FormValues, **more: str) -> str:
    """The list as the form left it, with its page. `saved=all` keeps a list without parameters from opening in its
    default view."""
    address = _address(listing, work, form)
    said = {name: value for name, value in {"cursor": address.cursor, **more}.items() if value}
    return address.href(**said) if said or address.query or address.saved else address.href(saved=ALL)


def _moved(keys: list[str], up: str, down: str) -> list[str]:
    """`keys` with one of them a place further up or down."""
    moved = list(dict.fromkeys(keys))
    for key, step in ((up, -1), (down, 1)):
        if key in moved and 0 <= (place := moved.index(key)) + step < len(moved):
            moved.insert(place + step, moved.pop(place))
    return moved


def _ids(form: FormValues) -> list[UUID]:
    return [found for text in form.checked("id") if (found := _id(text)) is not None]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
