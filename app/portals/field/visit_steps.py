"""A visit as the phone shows it: stage, next step, clocks, timeline. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from app.desk.tickets import (
    MOVE_NAMES,
    STATE_NAMES,
    Move,
    TicketState,
    TimelineEntry,
    VisitMode,
    VisitState,
    VisitSummary,
)
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.texts import N_
from app.platform.promises import ClockView
from app.portals.attached_files import strip_of_details
from app.portals.field.labels import LINE_ICONS, LINE_NAMES

WORKING_STATES: Final = ("on_site", "remote")


class NextStep(NamedTuple):
    """The main button. `path` is appended to the visit's address; `is_link` marks a link instead of a form.

    Offline, the phone shows the stage `next_stage` at once, or the page `fallback_page` instead.
    """

    path: str
    label: str
    icon: str
    is_link: bool = False
    next_stage: str = ""
    fallback_page: str = ""


_ACCEPT = NextStep("accept", MOVE_NAMES[Move.ACCEPT], "check", next_stage="accepted")
_DEPART = NextStep("depart", MOVE_NAMES[Move.DEPART], "car", next_stage="en_route")
_ARRIVE = NextStep("arrive", N_("我到了"), "map-pin", next_stage="on_site")
_CONNECT = NextStep("connect", N_("开始远程"), "device-desktop", next_stage="remote")
_CALL = NextStep("connect", N_("开始电话处理"), "phone", next_stage="remote")
_FROM_AFAR: Final[dict[str, NextStep]] = {VisitMode.REMOTE: _CONNECT, VisitMode.TELEPHONE: _CALL}
_RESUME = NextStep("resume", MOVE_NAMES[Move.RESUME], "player-play", next_stage="before_waiting")
_SIGN = NextStep("report", N_("请客户签字"), "signature", fallback_page="report")
_READ = NextStep("report", N_("看服务报告"), "file-text", is_link=True)
STAGES: Final = ("accepted", "en_route", "on_site", "remote", "waiting", "finished", "signed", "declined")
"""Stages that a phone can reach offline."""
_ENDED: Final = ("declined", "cancelled")


def visit_stage(visit: VisitSummary) -> str:
    """The visit's state, at work by its mode, or `waiting` while its ticket is on hold."""
    waits = visit.ticket_state == TicketState.WAITING and visit.state not in ("finished", *_ENDED)
    return "waiting" if waits else stage_without_waiting(visit)


def stage_without_waiting(visit: VisitSummary) -> str:
    """The stage to which a visit comes back when its ticket no longer waits."""
    if visit.state != VisitState.IN_PROGRESS:
        return visit.state
    return "on_site" if visit.mode == VisitMode.ON_SITE else "remote"


def next_step(stage: str, mode: str, *, signed: bool) -> NextStep | None:
    """The main button of a stage; None where the work form is the next step or nothing is left to do."""
    match stage:
        case "planned":
            return _ACCEPT
        case "accepted":
            return _FROM_AFAR.get(mode, _DEPART)
        case "en_route":
            return _ARRIVE
        case "waiting":
            return _RESUME
        case "finished":
            return _READ if signed else _SIGN
        case _:
            return None


def other_steps(stage: str, mode: str) -> Sequence[NextStep]:
    """Further steps besides the main button."""
    if stage != "accepted":
        return ()
    return (_ARRIVE, _DEPART) if mode in _FROM_AFAR else (_ARRIVE, _CONNECT)


def may_wait(stage: str) -> bool:
    """Whether the ticket can be put on hold at this stage; where work began, the visit's result says so."""
    return stage in ("accepted", "en_route")


def offline_stages(visit: VisitSummary) -> Sequence[str]:
    """The stages that a visit's page embeds as templates for offline use."""
    if visit.state in ("finished", *_ENDED):
        return ()
    return [stage for stage in STAGES if stage != visit_stage(visit)]


def next_visit(visits: Iterable[VisitSummary]) -> VisitSummary | None:
    """The visit being worked on, else the first unfinished one of the day."""
    still = [visit for visit in visits if visit.state != "finished"]
    begun = [visit for visit in still if visit_stage(visit) in ("en_route", *WORKING_STATES)]
    return next(iter(begun or still), None)


def navigation_address(visit: VisitSummary) -> str:
    """A link to the site in the phone's map application; empty without an address."""
    if not visit.site_address:
        return ""
    query = urlencode({"keyword": visit.site_address, "view": "map", "src": "yinghuo", "callnative": 1})
    return f"https://uri.amap.com/search?{query}"


def open_clocks(clocks: Iterable[ClockView]) -> list[ClockView]:
    """The clocks that are still running or paused."""
    return [clock for clock in clocks if clock.is_open]


def timeline_entries(timeline: Sequence[TimelineEntry]) -> list[dict[str, Any]]:
    """Entries of the timeline component, newest first; `action` is a source text."""
    return [_line(entry, latest=place == 0) for place, entry in enumerate(reversed(timeline))]


def _line(entry: TimelineEntry, *, latest: bool) -> dict[str, Any]:
    action = LINE_NAMES.get(entry.kind, "")
    if entry.kind == "state":
        ended = entry.details.get("move") == Move.FINISH
        action = MOVE_NAMES[Move.FINISH] if ended else STATE_NAMES[TicketState(entry.state)]
    files = strip_of_details(entry.details)
    return {
        "at": entry.occurred_at,
        "actor": entry.actor_name,
        "by_system": entry.actor_kind == ActorKind.SYSTEM,
        "action": action,
        "words": entry.text,
        "internal": entry.internal,
        "icon": LINE_ICONS.get(entry.kind, "circle-dashed"),
        "latest": latest,
        "files": files,
    }
