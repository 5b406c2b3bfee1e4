"""The page of one record, in the one layout of all records (`layout/record.html`): story and next action on the left,
facts on the right, tabs by address. An area fills the layout's blocks, and declares its tabs (`RecordTab`)."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response

from app.platform.http.authentication import actor_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import Actor
from app.platform.kernel.areas import RecordTab, areas
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_, translator
from app.platform.web.forms import render_form
from app.platform.web.pages import wants_fragment

PANEL = "panel"
RECORD = "record"
"""The elements, and blocks of the layout, that HTMX asks for alone: the record beside its list, and what a change of it
draws anew."""
AUDIT = "audit"
"""The tab that every record has, for those who may read the log."""


class RecordHead(msgspec.Struct, frozen=True, kw_only=True):
    """Which record a page is of, where it stands, and which of its tabs is open."""

    kind: str
    """As the audit log calls it: `ticket`, `client`."""
    id: UUID
    title: str
    number: str = ""
    """What people call it by, where that is not its title."""
    base: str
    """Its own address."""
    list_href: str
    list_label: str
    """The list that it is of; a source text."""
    tab: str = ""
    live: str = ""
    """The topic that draws it anew (`ticket:<id>`); empty: it changes only by being opened again."""
    counts: Mapping[str, int] = {}
    """How many there are on a tab, by its key."""


def record_page(
    request: WebRequest,
    template: str,
    record: RecordHead,
    error: DomainError | None = None,
    **context: Any,
) -> Response[str]:
    """The whole page, or the part that HTMX asks for; `error` is why a form on it was refused."""
    tabs = tabs_of(actor_of(request), record)
    if record.tab not in {tab["key"] for tab in tabs}:
        record = msgspec.structs.replace(record, tab="")
    target = request.headers.get("hx-target") if wants_fragment(request) else None
    return render_form(
        request,
        template,
        error,
        fragment=target if target in (PANEL, RECORD) else None,
        record=record,
        record_tabs=tabs,
        in_panel=target == PANEL,
        **context,
    )


def tabs_of(actor: Actor, record: RecordHead) -> list[dict[str, Any]]:
    """The tabs of a record that `actor` may open, as `components/tabs.html` takes them."""
    translate = translator(actor.language)
    tabs: list[dict[str, Any]] = [{"key": "", "href": record.base, "label": translate(N_("概况"))}]
    for tab in _declared_tabs():
        if tab.record in ("", record.kind) and actor.may(tab.permission):
            href = tab.href.format(base=record.base, id=record.id)
            tabs.append(
                {"key": tab.key, "href": href, "label": translate(tab.label), "count": record.counts.get(tab.key)}
            )
    return tabs


@cache
def _declared_tabs() -> tuple[RecordTab, ...]:
    return tuple(sorted((tab for area in areas() for tab in area.record_tabs), key=lambda tab: tab.order))
