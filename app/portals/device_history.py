"""The life of a device, its tickets, visits and changes, as entries of the timeline component. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.assets.devices import CATEGORY_NAMES, FIELD_LABELS, DeviceChangeView
from app.assets.devices import STATE_NAMES as DEVICE_STATE_NAMES
from app.desk.tickets import STATE_NAMES, DeviceHistoryEvent, TicketSummary, VisitView
from app.platform.kernel.invariants import present
from app.platform.kernel.texts import N_, Translator
from app.platform.web.formatting import duration

Address = Callable[[UUID], str]

_WAYS_OF_WORK: Final = {
    "on_site": N_("上门处理"),
    "remote": N_("远程处理"),
    "telephone": N_("电话处理"),
}
_VALUE_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "state": {state.value: name for state, name in DEVICE_STATE_NAMES.items()},
    "category": CATEGORY_NAMES,
    "shared": {"True": N_("是"), "False": N_("否")},
}


def history_entries(
    history: Iterable[DeviceHistoryEvent], _: Translator, ticket_address: Address, visit_address: Address | None = None
) -> list[dict[str, Any]]:
    """One entry for each event, in the reader's language; the addresses are where the reader opens the records."""
    return [{"at": event.occurred_at, **_entry(event, _, ticket_address, visit_address)} for event in history]


def first_entry(created_at: datetime, _: Translator) -> dict[str, Any]:
    """The beginning of the device's file."""
    return {"at": created_at, "actor": _(N_("建档")), "action": "", "icon": "plus"}


def _entry(
    event: DeviceHistoryEvent, _: Translator, ticket_address: Address, visit_address: Address | None
) -> dict[str, Any]:
    if event.change is not None:
        return change_entry(event.change, _)
    if event.visit is not None:
        return {**_visit(event.visit, _), "href": visit_address(event.visit.id) if visit_address else ""}
    ticket = present(event.ticket, "an event is one of the three")
    return {**_ticket(ticket, _), "href": ticket_address(ticket.id)}


def _ticket(ticket: TicketSummary, _: Translator) -> dict[str, Any]:
    words = " · ".join(filter(None, (ticket.number, ticket.contact_name)))
    return {"actor": ticket.subject, "action": _(STATE_NAMES[ticket.state]), "icon": "ticket", "words": words}


def _visit(visit: VisitView, _: Translator) -> dict[str, Any]:
    action = _(_WAYS_OF_WORK[visit.mode])
    if visit.work_minutes:
        action += f" · {duration(visit.work_minutes * 60, _)}"
    cause = _(N_("原因：")) + visit.cause if visit.cause else ""
    words = "\n".join(filter(None, (visit.work_done, cause)))
    return {
        "actor": visit.engineer_name or visit.performed_by_name or _(N_("工程师")),
        "action": action,
        "icon": "tool",
        "words": words,
    }


def change_entry(change: DeviceChangeView, _: Translator) -> dict[str, Any]:
    """One change of the device's file."""
    imported = change.source == "import"
    words = "\n".join(
        f"{_(FIELD_LABELS[field])}{_('：')}{_value(field, before, _)} → {_value(field, after, _)}"
        for field, (before, after) in change.changes.items()
    )
    return {
        "at": change.occurred_at,
        "actor": change.actor_name,
        "action": _(N_("导入清单")) if imported else _(N_("修改档案")),
        "icon": "upload" if imported else "pencil",
        "words": words,
    }


def _value(field: str, value: str, _: Translator) -> str:
    if not value:
        return _(N_("（空）"))
    return _(_VALUE_NAMES.get(field, {}).get(value, value))
