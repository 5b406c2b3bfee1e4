"""The engineer's pages. Every form may arrive late and twice: a key makes it one change, the answer leads on."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery

from app.faces.field import installable
from app.faces.field.forms import (
    Typed,
    data_handling_of,
    reason_of,
    resolution_of,
    signing_of,
    typed,
    waiting_of,
    words_of,
)
from app.faces.field.views import (
    AT_WORK,
    day_clock,
    first_open,
    may_wait,
    navigation_address,
    next_step,
    open_promises,
    other_steps,
    present_state,
    story_lines,
)
from app.faces.field.words import VISIT_STATE_NAMES, VISIT_TONES, WAIT_NAMES
from app.files import store_of
from app.files.transfer import UPLOAD_BODY_LIMIT, safe_files, uploads_of
from app.http.authentication import actor_of
from app.http.errors import status_of
from app.http.idempotency import submitted_once
from app.http.requests import origin_of
from app.http.work import RequestWork, runtime_of
from app.kernel.errors import Conflict, DomainError, Invalid
from app.kernel.texts import N_
from app.kernel.work import UnitOfWork
from app.tickets import (
    DATA_HANDLING_NAMES,
    ConsentService,
    CourseService,
    PhotoKind,
    ServiceReportService,
    VisitDetail,
    VisitPhotoService,
    VisitReadingService,
    VisitService,
    Words,
    visit_of_worker,
)
from app.web.pages import page, see_other, speaker
from rbac import Permission

Asked = Request[Any, Any, Any]
Redraw = Callable[[Asked, UUID, DomainError | None, Typed], Awaitable[Response[Any]]]
STEPS: dict[str, Callable[[VisitService, UUID], Awaitable[None]]] = {
    "accept": VisitService.accept,
    "depart": VisitService.depart,
    "arrive": VisitService.arrive,
    "connect": VisitService.connect,
}
VISIT = "/field/visits/{visit_id:uuid}"
_WITHOUT_SIGNATURE = N_("客户无法在屏幕上签名，请回访确认。")


def _address(visit_id: UUID, rest: str = "") -> str:
    return f"/field/visits/{visit_id}{rest}"


def _places(request: Asked) -> list[dict[str, str]]:
    _ = speaker(request)
    return [
        {"key": "today", "href": "/field", "label": _(N_("今天")), "icon": "sun"},
        {"key": "finished", "href": "/field/finished", "label": _(N_("做完的")), "icon": "circle-check"},
    ]


_DRAWING: dict[str, Any] = {
    "state_names": VISIT_STATE_NAMES,
    "state_tones": VISIT_TONES,
    "wait_names": WAIT_NAMES,
    "present_state": present_state,
    "navigation_address": navigation_address,
    "day_clock": day_clock,
    "data_handling_names": DATA_HANDLING_NAMES,
}
"""What the templates of every page draw visits with."""


def _page(request: Asked, template: str, place: str, status: int = 200, **context: Any) -> Response[str]:
    shown = {**_DRAWING, "places": _places(request), "place": place, **context}
    return page(request, f"field/{template}", status=status, **shown)


@get("/field", permission=Permission.VISIT_WORK, include_in_schema=False)
async def today(request: Asked, work: RequestWork, day: FromQuery[date | None] = None) -> Response[Any]:
    """A day's visits in order, what is left from before, what comes next."""
    shown = await VisitReadingService(work).day(day)
    return _page(
        request,
        "today.html",
        "today" if day is None else "",
        shown=shown,
        is_today=day is None,
        ahead=first_open([*shown.overdue, *shown.visits]) if day is None else None,
        before=shown.day - timedelta(days=1),
        after=shown.day + timedelta(days=1),
    )


@get("/field/finished", permission=Permission.VISIT_WORK, include_in_schema=False)
async def finished(request: Asked, work: RequestWork) -> Response[Any]:
    """What was finished lately; reports without a signature stand out."""
    return _page(request, "finished.html", "finished", visits=await VisitReadingService(work).finished())


@get(VISIT, permission=Permission.VISIT_WORK, include_in_schema=False)
async def visit(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """One visit with its next step."""
    return await _draw_visit(request, visit_id, None, {})


@get(f"{VISIT}/correct", permission=Permission.VISIT_WORK, include_in_schema=False)
async def correction(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """The form that puts right what was written about finished work."""
    return await _draw_correction(request, visit_id, None, {})


@get(f"{VISIT}/report", permission=Permission.VISIT_WORK, include_in_schema=False)
async def report(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """The report as the client sees it before signing, and afterwards."""
    return await _draw_report(request, visit_id, None, {})


@post([f"{VISIT}/{step}" for step in STEPS], permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def take_step(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """Accept, depart, arrive, connect."""
    step = STEPS[request.scope["path"].rsplit("/", 1)[1]]

    async def act(work: UnitOfWork) -> str:
        await step(VisitService(work), visit_id)
        return _address(visit_id)

    return await _submitted(request, visit_id, act)


@post(f"{VISIT}/decline", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def decline(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """The engineer cannot come; the dispatcher is told why."""

    async def act(work: UnitOfWork) -> str:
        await VisitService(work).decline(visit_id, await reason_of(request))
        return "/field"

    return await _submitted(request, visit_id, act)


@post(f"{VISIT}/wait", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def wait(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """The ticket waits for somebody else."""

    async def act(work: UnitOfWork) -> str:
        found = await visit_of_worker(work, visit_id, locked=False)
        await CourseService(work).wait(found.ticket_id, await waiting_of(request))
        return _address(visit_id)

    return await _submitted(request, visit_id, act)


@post(f"{VISIT}/resume", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def resume(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """The waiting is over."""

    async def act(work: UnitOfWork) -> str:
        found = await visit_of_worker(work, visit_id, locked=False)
        await CourseService(work).resume(found.ticket_id)
        return _address(visit_id)

    return await _submitted(request, visit_id, act)


@post(f"{VISIT}/notes", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def note(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """An internal line."""

    async def act(work: UnitOfWork) -> str:
        found = await visit_of_worker(work, visit_id, locked=False)
        await CourseService(work).add_note(found.ticket_id, await words_of(request))
        return _address(visit_id)

    return await _submitted(request, visit_id, act)


@post(
    f"{VISIT}/photos",
    permission=Permission.VISIT_WORK,
    include_in_schema=False,
    status_code=303,
    request_max_body_size=UPLOAD_BODY_LIMIT,
)
async def photos(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """Photos from before or after the work."""

    async def act(work: UnitOfWork) -> str:
        given = await typed(request, "kind")
        kind = PhotoKind.AFTER if given["kind"] == PhotoKind.AFTER else PhotoKind.BEFORE
        files = await safe_files(request, await uploads_of(request, "photos"))
        await VisitPhotoService(work, store_of(runtime_of(request))).add(visit_id, kind, files)
        return _address(visit_id, "#photos")

    return await _submitted(request, visit_id, act)


@post(f"{VISIT}/data-handling", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def record_data_handling(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """What the person at the client says about the data, before a disk is touched."""

    async def act(work: UnitOfWork) -> str:
        await ConsentService(work).record(visit_id, await data_handling_of(request))
        return _address(visit_id, "#data")

    return await _submitted(request, visit_id, act)


@post(f"{VISIT}/work", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def finish(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """The fault is fixed; its report waits for the client's signature."""

    async def act(work: UnitOfWork) -> str:
        await VisitService(work).resolve(visit_id, await resolution_of(request))
        await ServiceReportService(work, store_of(runtime_of(request))).generate(visit_id)
        return _address(visit_id, "/report")

    return await _submitted(request, visit_id, act)


@post(f"{VISIT}/correct", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def correct(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """Other words for finished work; a signed report gets a new edition."""

    async def act(work: UnitOfWork) -> str:
        service = ServiceReportService(work, store_of(runtime_of(request)))
        await service.correct(visit_id, await resolution_of(request))
        return _address(visit_id, "/report")

    return await _submitted(request, visit_id, act, _draw_correction)


@post(f"{VISIT}/report", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def make_report(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """Bring the report up to date before the client reads it."""

    async def act(work: UnitOfWork) -> str:
        await ServiceReportService(work, store_of(runtime_of(request))).generate(visit_id)
        return _address(visit_id, "/report")

    return await _submitted(request, visit_id, act)


@post(f"{VISIT}/signature", permission=Permission.VISIT_WORK, include_in_schema=False, status_code=303)
async def sign(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """The client has signed, or cannot sign on the screen and is called back."""

    async def act(work: UnitOfWork) -> str:
        if (await typed(request, "signature_without"))["signature_without"]:
            found = await visit_of_worker(work, visit_id, locked=False)
            await CourseService(work).add_note(found.ticket_id, Words(speaker(request)(_WITHOUT_SIGNATURE)))
            return _address(visit_id)
        signing = await signing_of(request)
        await ServiceReportService(work, store_of(runtime_of(request))).sign(visit_id, signing)
        return _address(visit_id, "/report")

    return await _submitted(request, visit_id, act, _draw_report)


_KEPT = ("work_done", "cause", "work_minutes", "disks", "name", "kind", "person_name", "disk_serial", "remark")
"""What was typed and comes back with a refusal."""


async def _submitted(
    request: Asked, visit_id: UUID, act: Callable[[UnitOfWork], Awaitable[str]], redraw: Redraw | None = None
) -> Response[Any]:
    """Do it once and lead on; what is refused is drawn again with what was typed, outside the lost transaction."""
    runtime = runtime_of(request)
    try:
        async with runtime.works.begin(actor_of(request), origin_of(request)) as work:
            address = await submitted_once(request, work, lambda: act(work))
    except (Conflict, Invalid) as error:
        given = await typed(request, *_KEPT)
        return await (redraw or _draw_visit)(request, visit_id, error, given)
    return see_other(request, address)


async def _detail(request: Asked, visit_id: UUID) -> VisitDetail:
    async with runtime_of(request).works.begin(actor_of(request), origin_of(request)) as work:
        return await VisitReadingService(work).visit(visit_id)


def _problem(request: Asked, error: DomainError | None) -> dict[str, Any]:
    if error is None:
        return {"status": 200, "problem": "", "wrong": {}}
    _ = speaker(request)
    wrong = {name: _(text) for name, text in error.fields.items()}
    return {"status": status_of(error), "problem": _(error.text, **error.parameters), "wrong": wrong}


async def _draw_visit(request: Asked, visit_id: UUID, error: DomainError | None, given: Typed) -> Response[Any]:
    detail = await _detail(request, visit_id)
    return _page(
        request,
        "visit.html",
        "",
        back="/field",
        detail=detail,
        visit=detail.visit,
        step=next_step(detail),
        others=other_steps(detail),
        may_wait=may_wait(detail),
        at_work=present_state(detail.visit) in AT_WORK,
        promises=open_promises(detail.ticket.clocks),
        lines=story_lines(detail.ticket.timeline),
        given=given,
        minutes=_minutes_so_far(request, detail),
        **_problem(request, error),
    )


async def _draw_correction(request: Asked, visit_id: UUID, error: DomainError | None, given: Typed) -> Response[Any]:
    detail = await _detail(request, visit_id)
    written = next(each for each in detail.ticket.visits if each.id == visit_id)
    kept = {"work_done": written.work_done, "cause": written.cause, "work_minutes": str(written.work_minutes or 0)}
    return _page(
        request,
        "correction.html",
        "",
        back=_address(visit_id),
        detail=detail,
        visit=detail.visit,
        given={**kept, **{name: value for name, value in given.items() if name in kept}},
        **_problem(request, error),
    )


async def _draw_report(request: Asked, visit_id: UUID, error: DomainError | None, given: Typed) -> Response[Any]:
    async with runtime_of(request).works.begin(actor_of(request), origin_of(request)) as work:
        await visit_of_worker(work, visit_id, locked=False)
        shown = await ServiceReportService(work, store_of(runtime_of(request))).newest(visit_id)
    return _page(
        request,
        "report.html",
        "",
        back=_address(visit_id),
        report=shown,
        content=shown.content,
        visit_id=visit_id,
        given={"name": shown.content.contact_name, **{key: value for key, value in given.items() if value}},
        **_problem(request, error),
    )


def _minutes_so_far(request: Asked, detail: VisitDetail) -> int:
    """Whole minutes since the work began: what the form suggests."""
    begun = next(each for each in detail.ticket.visits if each.id == detail.visit.id).arrived_at
    if begun is None:
        return 0
    passed = runtime_of(request).clock.now() - begun
    return min(1440, max(1, int(passed.total_seconds() // 60)))


handlers = [
    today,
    finished,
    visit,
    correction,
    report,
    take_step,
    decline,
    wait,
    resume,
    note,
    photos,
    record_data_handling,
    finish,
    correct,
    make_report,
    sign,
    *installable.handlers,
]
