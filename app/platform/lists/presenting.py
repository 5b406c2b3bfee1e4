"""What the page of a list is drawn from (`lists/page.html`)."""

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple

import msgspec

from app.platform.kernel.texts import N_, Translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.address import ALL, ListAddress
from app.platform.lists.declaration import BulkAction, Cell, Choices, Column, Filter, RecordList, Row
from app.platform.lists.paging import RowsOfPage, values_at
from app.platform.lists.permissions import SavedViewPermission
from app.platform.lists.schemas import BulkOutcome, Preference, Refused, SavedViewSummary


class Heading(msgspec.Struct, frozen=True):
    """The head of a column. `aria_sort` is empty, ascending or descending; `sort_href` sorts by it, the other way
    round where it is sorted by already."""

    key: str
    label: str
    note: str
    main: bool
    narrow: bool
    number: bool
    optional: bool
    sort_href: str
    aria_sort: str


class ColumnChoice(msgspec.Struct, frozen=True):
    """A column in the menu of columns."""

    key: str
    label: str
    shown: bool
    fixed: bool


class FilterField(msgspec.Struct, frozen=True):
    """A filter as a field of the page."""

    name: str
    label: str
    options: Choices
    value: str


class ViewLink(msgspec.Struct, frozen=True):
    """A saved view in the menu of views."""

    id: str
    name: str
    href: str
    shared: bool
    owner_name: str
    changeable: bool
    current: bool
    default: bool
    version: int


class BulkButton(msgspec.Struct, frozen=True):
    """An action on the marked rows; `fields` are (name, label, options, longest)."""

    key: str
    label: str
    icon: str
    action: str
    fields: list[tuple[str, str, Choices, int]]


class OutcomeNotice(msgspec.Struct, frozen=True):
    """What became of an action on many rows, in words; `undo` is the address that takes it back."""

    text: str
    refused: list[tuple[str, str]]
    undo: str


class ListPage(msgspec.Struct, Generic[Row], frozen=True, kw_only=True):
    """One page of a list, with all that can be done on it."""

    key: str
    label: str
    base: str
    rows: list[Row]
    columns: list[Heading]
    column_choices: list[ColumnChoice]
    filters: list[FilterField]
    tabs: list[dict[str, Any]]
    current_tab: str
    search_label: str
    text: str
    hidden: dict[str, str]
    """What the filter form carries along."""
    filtered: bool
    query: str
    """The list's query string, for the forms around it."""
    here: str
    next_href: str
    previous_href: str
    clear_href: str
    export_href: str
    compact: bool
    views: list[ViewLink]
    current_view: ViewLink | None
    view_changed: bool
    may_share: bool
    may_keep: bool
    bulk: list[BulkButton]
    notice: OutcomeNotice | None
    now: Any
    values: dict[str, Any]
    """What the filters mean."""
    _address: ListAddress
    _columns: tuple[Column, ...] = ()
    _translate: Any = None

    def href(self, **changed: str) -> str:
        """The list's address with another filter."""
        return self._address.href(**changed)

    def cell(self, row: Row, key: str) -> Cell:
        """What the column tells of a row, for cells that nobody draws otherwise."""
        column = next(column for column in self._columns if column.key == key)
        text = column.text(row, self._translate)
        return self._translate(column.unnamed) if column.main and text in (None, "") else text


class Opened(NamedTuple):
    """What was read for the page of a list."""

    found: RowsOfPage[Any]
    preference: Preference
    views: Sequence[SavedViewSummary]
    outcome: BulkOutcome | None


async def list_page_of(
    work: UnitOfWork, listing: RecordList[Row], address: ListAddress, opened: Opened, translate: Translator
) -> ListPage[Row]:
    """Everything that the page shows."""
    actor = work.actor
    found, preference, views, outcome = opened
    stored = next((view for view in views if view.id == address.saved_id), None)
    keys = stored.columns if stored is not None and stored.columns else preference.columns
    columns = listing.arranged(keys)
    links = [_view_link(work, address, view, preference) for view in views]
    may_write = not actor.read_only and actor.membership_id is not None
    fields = [field for each in listing.filters if (field := await _field(work, each, address, translate)) is not None]
    tabs = next((each for each in listing.filters if each.as_tabs), None)
    bulk = [] if actor.read_only else await _bulk(work, listing, address, translate)
    return ListPage(
        key=listing.key,
        label=translate(listing.label),
        base=address.base,
        rows=found.rows,
        columns=[_heading(listing, column, address, translate) for column in columns],
        column_choices=_choices(listing, columns, translate),
        filters=[field for field in fields if tabs is None or field.name != tabs.key],
        tabs=_tabs(fields, tabs, address),
        current_tab=address.values.get(tabs.key, "") if tabs else "",
        search_label=translate(listing.search_label) if listing.search_label else "",
        text=address.text,
        hidden={
            "saved": address.saved,
            "sort": address.sort,
            **{
                each.key: address.values.get(each.key, "") for each in listing.filters if each.as_tabs or not each.label
            },
        },
        filtered=bool(address.text)
        or any(each.label and not each.as_tabs for each in listing.filters if each.key in address.values),
        query=address.here().removeprefix(address.base).removeprefix("?"),
        here=address.here(),
        next_href=address.href(cursor=found.next_cursor) if found.next_cursor else "",
        previous_href=address.href(cursor=found.previous_cursor) if found.previous_cursor else "",
        clear_href=_clear(listing, address),
        export_href=address.href().replace(address.base, f"{address.base}/export", 1),
        compact=preference.compact,
        views=links,
        current_view=next((link for link in links if link.current), None),
        view_changed=stored is not None and stored.query != address.query,
        may_share=may_write and actor.may(SavedViewPermission.SAVED_VIEW_WRITE),
        may_keep=may_write,
        bulk=bulk,
        notice=None if outcome is None else _notice(listing, address, outcome, translate),
        now=work.now,
        values=dict(values_at(listing, address)),
        _address=address,
        _columns=listing.columns,
        _translate=translate,
    )


def _heading(listing: RecordList[Any], column: Column, address: ListAddress, translate: Translator) -> Heading:
    usual = listing.usual_sort(address.values)
    order = address.sort or usual
    sorted_by = order.removeprefix("-") == column.key
    falls = order.startswith("-")
    href, aria = "", ""
    if column.sort is not None:
        turned = (not falls) if sorted_by else column.falling
        wanted = f"-{column.key}" if turned else column.key
        href = address.href(sort="" if wanted == usual else wanted)
        aria = ("descending" if falls else "ascending") if sorted_by else ""
    return Heading(
        column.key,
        translate(column.label),
        translate(column.note) if column.note else "",
        column.main,
        column.narrow,
        column.number,
        column.optional,
        href,
        aria,
    )


def _choices(listing: RecordList[Any], shown: Sequence[Column], translate: Translator) -> list[ColumnChoice]:
    """Shown columns in their order, then the others."""
    rest = [column for column in listing.columns if column not in shown]
    return [
        ColumnChoice(column.key, translate(column.label), column in shown, column.main) for column in (*shown, *rest)
    ]


async def _field(work: UnitOfWork, each: Filter, address: ListAddress, translate: Translator) -> FilterField | None:
    if not each.label or each.only_for not in (None, work.actor.kind):
        return None
    options: Choices = [(code, translate(name)) for code, name in each.names.items()]
    if each.choices is not None:
        options = await each.choices(work, address.values)
        if not options:
            return None
    return FilterField(each.key, translate(each.label), options, address.values.get(each.key, ""))


def _tabs(fields: Sequence[FilterField], tabs: Filter | None, address: ListAddress) -> list[dict[str, Any]]:
    field = next((field for field in fields if tabs is not None and field.name == tabs.key), None)
    if field is None:
        return []
    return [
        {"key": value, "label": label, "href": address.href(**{field.name: value})}
        for value, label in (("", field.label), *field.options)
    ]


def _clear(listing: RecordList[Any], address: ListAddress) -> str:
    """Without what can be chosen in the filter bar."""
    kept = {each.key for each in listing.filters if each.as_tabs or not each.label}
    values = {name: value for name, value in address.values.items() if name in kept}
    return ListAddress(address.base, values, saved=ALL).href()


def _view_link(work: UnitOfWork, address: ListAddress, view: SavedViewSummary, preference: Preference) -> ViewLink:
    may_share = work.actor.may(SavedViewPermission.SAVED_VIEW_WRITE)
    return ViewLink(
        id=str(view.id),
        name=view.name,
        href=address_of_view(address, view).href(),
        shared=view.shared,
        owner_name="" if view.own else view.owner_name,
        changeable=not work.actor.read_only and (may_share if view.shared else view.own),
        current=view.id == address.saved_id,
        default=view.id == preference.default_view,
        version=view.version,
    )


def address_of_view(address: ListAddress, view: SavedViewSummary) -> ListAddress:
    """The list as the view shows it."""
    return address.with_query(view.query, saved=str(view.id))


async def _bulk(
    work: UnitOfWork, listing: RecordList[Any], address: ListAddress, translate: Translator
) -> list[BulkButton]:
    buttons = []
    for each in listing.bulk:
        if not work.actor.may(each.permission):
            continue
        fields: list[tuple[str, str, Choices, int]] = []
        target = address.base
        if isinstance(each, BulkAction):
            target = f"{address.base}/bulk/{each.key}"
            for asked in each.fields:
                options: Choices = [(code, translate(name)) for code, name in asked.names.items()]
                if asked.choices is not None:
                    options = await asked.choices(work)
                fields.append((f"{each.key}.{asked.name}", translate(asked.label), options, asked.longest))
        else:
            target = each.address
        buttons.append(BulkButton(each.key, translate(each.label), each.icon, target, fields))
    return buttons


def _notice(
    listing: RecordList[Any], address: ListAddress, outcome: BulkOutcome, translate: Translator
) -> OutcomeNotice | None:
    action = next((each for each in listing.bulk if isinstance(each, BulkAction) and each.key == outcome.action), None)
    if action is None:
        return None
    refused = outcome.undo_refused if outcome.undone else outcome.refused
    if outcome.undone:
        text = translate(N_("已撤销 %(count)s 条。"), count=outcome.done - len(refused))
    else:
        text = translate(action.done, count=outcome.done)
    return OutcomeNotice(
        text,
        [_reason(each, translate) for each in refused],
        f"{address.base}/undo/{outcome.id}" if outcome.undoable else "",
    )


def _reason(each: Refused, translate: Translator) -> tuple[str, str]:
    return each.title, translate(each.text, **each.parameters)
