"""A visit as the phone shows it: stage, next step, clocks, timeline. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from app.faces.field.words import LINE_ICONS, LINE_NAMES
from app.faces.promises import Look, look_of
from app.kernel.actor import ActorKind
from app.kernel.texts import N_
from app.tickets import (
    MOVE_NAMES,
    STATE_NAMES,
    ClockView,
    Move,
    TicketState,
    TimelineEntry,
    VisitSummary,
)

AT_WORK: Final = ("on_site", "remote")


class NextStep(NamedTuple):
    """The main button. `path` is appended to the visit's address; `is_link` marks a link instead of a form.

    Offline, the phone shows the stage `leads` at once, or the page `opens` instead.
    """

    path: str
    label: str
    icon: str
    is_link: bool = False
    leads: str = ""
    opens: str = ""


_ACCEPT = NextStep("accept", MOVE_NAMES[Move.ACCEPT], "check", leads="accepted")
_DEPART = NextStep("depart", MOVE_NAMES[Move.DEPART], "car", leads="en_route")
_ARRIVE = NextStep("arrive", N_("我到了"), "map-pin", leads="on_site")
_CONNECT = NextStep("connect", N_("开始远程"), "device-desktop", leads="remote")
_RESUME = NextStep("resume", MOVE_NAMES[Move.RESUME], "player-play", leads="before_waiting")
_SIGN = NextStep("report", N_("请客户签字"), "signature", opens="report")
_READ = NextStep("report", N_("看服务报告"), "file-text", is_link=True)
STAGES: Final = ("accepted", "en_route", "on_site", "remote", "waiting", "finished", "signed", "declined")
"""Stages that a phone can reach offline."""
_OVER: Final = ("declined", "cancelled")


def present_state(visit: VisitSummary) -> str:
    """The visit's state, or `waiting` while its ticket is on hold."""
    waits = visit.ticket_state == TicketState.WAITING and visit.state not in ("finished", *_OVER)
    return "waiting" if waits else visit.state


def next_step(stage: str, mode: str, *, signed: bool) -> NextStep | None:
    """The main button of a stage; None where the work form is the next step or nothing is left to do."""
    match stage:
        case "planned":
            return _ACCEPT
        case "accepted":
            return _CONNECT if mode == "remote" else _DEPART
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
    return (_ARRIVE, _DEPART) if mode == "remote" else (_ARRIVE, _CONNECT)


def may_wait(stage: str) -> bool:
    """Whether the ticket can be put on hold at this stage."""
    return stage in ("accepted", "en_route", *AT_WORK)


def further_stages(visit: VisitSummary) -> Sequence[str]:
    """The stages that a visit's page embeds as templates for offline use."""
    if visit.state in ("finished", *_OVER):
        return ()
    return [stage for stage in STAGES if stage != present_state(visit)]


def first_open(visits: Iterable[VisitSummary]) -> VisitSummary | None:
    """The visit being worked on, else the first unfinished one of the day."""
    still = [visit for visit in visits if visit.state != "finished"]
    begun = [visit for visit in still if present_state(visit) in ("en_route", *AT_WORK)]
    return next(iter(begun or still), None)


def navigation_address(visit: VisitSummary) -> str:
    """A link to the site in the phone's map application; empty without an address."""
    if not visit.site_address:
        return ""
    query = urlencode({"keyword": visit.site_address, "view": "map", "src": "yinghuo", "callnative": 1})
    return f"https://uri.amap.com/search?{query}"


def open_promises(clocks: Iterable[ClockView]) -> list[Look]:
    """The clocks that are still running or paused."""
    return [look_of(clock) for clock in clocks if clock.stopped_at is None and clock.state != "cancelled"]


def story_lines(timeline: Sequence[TimelineEntry]) -> list[dict[str, Any]]:
    """Entries of the timeline component, newest first; `action` is a source text."""
    return [_line(entry, latest=place == 0) for place, entry in enumerate(reversed(timeline))]


def _line(entry: TimelineEntry, *, latest: bool) -> dict[str, Any]:
    action = LINE_NAMES.get(entry.kind, "")
    if entry.kind == "state":
        action = STATE_NAMES[TicketState(entry.state)]
    files = [
        {
            "href": f"/files/{file['id']}",
            "name": file["name"],
            "size": file["size"],
            "thumbnail": f"/files/{file['id']}/thumbnail" if file["thumbnail"] else "",
        }
        for file in entry.details.get("files", ())
    ]
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
