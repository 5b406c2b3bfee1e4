"""Applications to join the network and the partners, for headquarters."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from app.platform.http.pagination import DEFAULT_LIMIT, Cursor
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.pages import page, translator_of
from app.platform.web.records import RecordHead, record_page
from rbac import Permission
from tenants.partners import (
    HIGHEST_STAR_LEVEL,
    LOWEST_STAR_LEVEL,
    PARTNER,
    PLANS,
    SERVICE_CATEGORIES,
    ApplicationApproval,
    ApplicationRejection,
    ApplicationState,
    PartnerGrading,
    PartnerRegister,
    PartnerState,
    PartnerStep,
    PartnerTermination,
    PartnerUpdate,
    SignUpSettings,
    Step,
    Vetting,
    city,
    named_city,
)

SearchText = Annotated[str, QueryParameter(name="q", max_length=80)]
StateFilter = Annotated[str, QueryParameter(name="state", max_length=16)]
CursorText = Annotated[str, QueryParameter(max_length=120)]

APPLICATION_LABELS: dict[str, tuple[str, str]] = {
    ApplicationState.APPLIED: (N_("审核中"), "active"),
    ApplicationState.APPROVED: (N_("已通过"), "good"),
    ApplicationState.REJECTED: (N_("未通过"), "bad"),
}
PARTNER_LABELS: dict[str, tuple[str, str]] = {
    PartnerState.APPROVED: (N_("开通中"), "waiting"),
    PartnerState.TRIAL: (N_("试用"), "info"),
    PartnerState.ACTIVE: (N_("正式"), "good"),
    PartnerState.SUSPENDED: (N_("暂停中"), "bad"),
    PartnerState.TERMINATED: (N_("已退出"), "bad"),
    PartnerState.ERASING: (N_("清除中"), "bad"),
    PartnerState.ERASED: (N_("已清除"), "waiting"),
}
CHANGE_LABELS = {
    "application": N_("申请"),
    "state": N_("状态"),
    "star_level": N_("星级"),
    "territory": N_("服务城市"),
    "authorisations": N_("授权类别"),
}
DUPLICATE_LABELS = {"credit_code": N_("信用代码"), "slug": N_("网址名称"), "email": N_("邮箱")}
INITIAL_STATES = (("trial", N_("试用")), ("active", N_("正式")))
STEP_FORMS = {
    Step.ACTIVATE: (N_("转为正式"), "check", ""),
    Step.REACTIVATE: (N_("恢复"), "player-play", N_("恢复后，这家服务商马上可以继续工作。")),
    Step.REINSTATE: (N_("撤回退出"), "arrow-back-up", N_("撤回退出后回到暂停状态：可以查看和导出，数据都在。")),
    Step.SUSPEND: (
        N_("暂停"),
        "player-pause",
        N_("暂停后，这家服务商的人只能查看和导出，数据都保留，也不再出现在名录里。"),
    ),
}
"""What each step is called, its icon, and what it means."""
STEPS = {
    "activate": PartnerRegister.activate,
    "suspend": PartnerRegister.suspend,
    "reactivate": PartnerRegister.reactivate,
    "reinstate": PartnerRegister.reinstate,
}
ALL_STATES = "all"
_BETWEEN_CITIES = re.compile(r"[,，、;；\s]+")


@get("/hq/applications", permission=Permission.APPLICATION_READ, include_in_schema=False)
async def applications_page(
    request: WebRequest,
    work: RequestWork,
    search_text: SearchText = "",
    chosen_state: StateFilter = "applied",
    cursor: CursorText = "",
) -> Response[str]:
    """The applications, filtered by state and text."""
    state = "" if chosen_state == ALL_STATES else chosen_state
    found = await application_service(request, work).applications(
        state=state, query=search_text, before=_decode_before(cursor), limit=DEFAULT_LIMIT + 1
    )
    shown = found[:DEFAULT_LIMIT]
    next_cursor = Cursor(shown[-1].submitted_at, shown[-1].id).encode() if len(found) > DEFAULT_LIMIT else ""
    return page(
        request,
        "hq/applications.html",
        applications=shown,
        chosen_state=chosen_state,
        search_text=search_text,
        next_href=_next_address("/hq/applications", next_cursor, q=search_text, state=chosen_state),
        **_labels(request),
    )


@get("/hq/applications/{application_id:uuid}", permission=Permission.APPLICATION_READ, include_in_schema=False)
async def application_page(
    request: WebRequest, work: RequestWork, application_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[str]:
    """One application with the form to approve or reject it."""
    return await _render_application(request, application_id, work, tab=tab)


@post(
    "/hq/applications/{application_id:uuid}/approve", permission=Permission.APPLICATION_DECIDE, include_in_schema=False
)
async def approve(request: WebRequest, application_id: FromPath[UUID]) -> Response[Any]:
    """Approve an application."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        approval = ApplicationApproval(
            version=_parse_whole_number(form, "version"),
            star_level=_parse_whole_number(form, "star_level"),
            territory=_city_codes(form["territory"]),
            authorisations=form.checked("authorisations"),
            begin_as=form["begin_as"],
            slug=form["slug"],
            reason=form["reason"],
        )
        await application_service(request, work).approve(application_id, approval)
        return f"/hq/applications/{application_id}"

    return await submit(request, act, partial(_render_application, request, application_id))


@post(
    "/hq/applications/{application_id:uuid}/reject", permission=Permission.APPLICATION_DECIDE, include_in_schema=False
)
async def reject(request: WebRequest, application_id: FromPath[UUID]) -> Response[Any]:
    """Reject an application."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        rejection = ApplicationRejection(_parse_whole_number(form, "version"), form["rejection_reason"])
        with _field_is("rejection_reason"):
            await application_service(request, work).reject(application_id, rejection)
        return f"/hq/applications/{application_id}"

    return await submit(request, act, partial(_render_application, request, application_id))


@get("/hq/partners", permission=Permission.PARTNER_READ, include_in_schema=False)
async def partners_page(
    request: WebRequest,
    work: RequestWork,
    search_text: SearchText = "",
    chosen_state: StateFilter = "",
    cursor: CursorText = "",
) -> Response[str]:
    """The partners, filtered by state and text."""
    found = await PartnerRegister(work).partners(
        state=chosen_state, query=search_text, before=_decode_before(cursor), limit=DEFAULT_LIMIT + 1
    )
    shown = found[:DEFAULT_LIMIT]
    next_cursor = Cursor(shown[-1].authorised_at, shown[-1].id).encode() if len(found) > DEFAULT_LIMIT else ""
    return page(
        request,
        "hq/partners.html",
        partners=shown,
        chosen_state=chosen_state,
        search_text=search_text,
        next_href=_next_address("/hq/partners", next_cursor, q=search_text, state=chosen_state),
        **_labels(request),
    )


@get("/hq/partners/{partner_id:uuid}", permission=Permission.PARTNER_READ, include_in_schema=False)
async def partner_page(
    request: WebRequest, work: RequestWork, partner_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[str]:
    """One partner: its next step and history; grading and listing as a tab."""
    return await _render_partner(request, partner_id, work, tab=tab)


@post("/hq/partners/{partner_id:uuid}/grading", permission=Permission.PARTNER_GRADE, include_in_schema=False)
async def grade(request: WebRequest, partner_id: FromPath[UUID]) -> Response[Any]:
    """Change star level, territory and authorisations."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        grading = PartnerGrading(
            version=_parse_whole_number(form, "version"),
            reason=form["reason"],
            star_level=_parse_whole_number(form, "star_level"),
            territory=_city_codes(form["territory"]),
            authorisations=form.checked("authorisations"),
        )
        await PartnerRegister(work).grade(partner_id, grading)
        return f"/hq/partners/{partner_id}"

    return await submit(request, act, partial(_render_partner, request, partner_id, tab="grading"))


@post("/hq/partners/{partner_id:uuid}/listing", permission=Permission.PARTNER_GRADE, include_in_schema=False)
async def change_listing(request: WebRequest, partner_id: FromPath[UUID]) -> Response[Any]:
    """Change the directory listing: hot-line and introduction."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        change = PartnerUpdate(
            version=_parse_whole_number(form, "version"), hotline=form["hotline"], introduction=form["introduction"]
        )
        await PartnerRegister(work).update(partner_id, change)
        return f"/hq/partners/{partner_id}"

    return await submit(request, act, partial(_render_partner, request, partner_id, tab="grading"))


@post("/hq/partners/{partner_id:uuid}/steps", permission=Permission.PARTNER_SUSPEND, include_in_schema=False)
async def take_step(request: WebRequest, partner_id: FromPath[UUID]) -> Response[Any]:
    """Activate, suspend, reactivate or reinstate a partner."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        step = STEPS.get(form["step"])
        if step is None:
            raise Invalid
        change = PartnerStep(_parse_whole_number(form, "version"), form["step_reason"])
        with _field_is("step_reason"):
            await step(PartnerRegister(work), partner_id, change)
        return f"/hq/partners/{partner_id}"

    return await submit(request, act, partial(_render_partner, request, partner_id))


@post("/hq/partners/{partner_id:uuid}/termination", permission=Permission.PARTNER_TERMINATE, include_in_schema=False)
async def terminate(request: WebRequest, partner_id: FromPath[UUID]) -> Response[Any]:
    """Terminate a partner's membership in the network."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        change = PartnerTermination(
            _parse_whole_number(form, "version"),
            form["termination_reason"],
            _parse_whole_number(form, "retention_days"),
        )
        with _field_is("termination_reason"):
            await PartnerRegister(work).terminate(
                partner_id, change, runtime_of(request).settings.tenant_retention_days
            )
        return f"/hq/partners/{partner_id}"

    return await submit(request, act, partial(_render_partner, request, partner_id))


@contextmanager
def _field_is(name: str) -> Iterator[None]:
    """A refused `reason` is that of the form's field `name`: the page has several forms with reasons."""
    try:
        yield
    except DomainError as error:
        if "reason" in error.fields:
            error.fields[name] = error.fields.pop("reason")
        raise


async def _render_application(
    request: WebRequest,
    application_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
    *,
    tab: str = "",
) -> Response[str]:
    application = await application_service(request, work).application(application_id)
    suggested = {
        "star_level": "3",
        "territory": application.city,
        "begin_as": "trial",
        "slug": application.slug,
        "authorisations": [each.code for each in SERVICE_CATEGORIES.values() if not each.separately_billed],
    }
    record = RecordHead(
        kind="partner_application",
        id=application.id,
        title=application.legal_name,
        number=application.number,
        base=f"/hq/applications/{application.id}",
        list_href="/hq/applications",
        list_label=N_("申请"),
        tab=tab,
    )
    return record_page(
        request,
        "hq/application.html",
        record,
        error,
        application=application,
        values=(values or FormValues()).over(suggested),
        plan=PLANS.get(application.plan),
        duplicate_labels=DUPLICATE_LABELS,
        initial_states=INITIAL_STATES,
        **_labels(request),
    )


async def _render_partner(
    request: WebRequest,
    partner_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
    *,
    tab: str = "",
) -> Response[str]:
    partner = await PartnerRegister(work).partner(partner_id)
    record = RecordHead(
        kind="partner",
        id=partner.id,
        title=partner.name,
        base=f"/hq/partners/{partner.id}",
        list_href="/hq/partners",
        list_label=N_("服务商"),
        tab=tab,
    )
    stored_values = {
        "star_level": partner.star_level,
        "authorisations": partner.authorisations,
        "territory": "、".join(_city_name(code) for code in partner.territory),
        "hotline": partner.hotline,
        "introduction": partner.introduction,
        "retention_days": runtime_of(request).settings.tenant_retention_days,
    }
    return record_page(
        request,
        "hq/partner.html",
        record,
        error,
        partner=partner,
        steps=_steps(work, partner.state),
        next_step=PARTNER.next_moves.get(PartnerState(partner.state)),
        may_terminate=PARTNER.allows(Step.TERMINATE, partner.state) and work.actor.may(Permission.PARTNER_TERMINATE),
        values=(values or FormValues()).over(stored_values),
        **_labels(request),
    )


def _steps(work: UnitOfWork, state: str) -> dict[Step, tuple[str, str, str]]:
    """What the actor may do with a partner in this state, besides ending its membership."""
    may = work.actor.may
    return {
        step: form
        for step, form in STEP_FORMS.items()
        if PARTNER.allows(step, state)
        and may(Permission.PARTNER_SUSPEND)
        and (step is not Step.REINSTATE or may(Permission.PARTNER_TERMINATE))
    }


def _labels(request: WebRequest) -> dict[str, Any]:
    """The labels of states, categories and history entries."""
    translate = translator_of(request)

    def change_value(kind: str, value: str) -> str:
        if kind == "territory":
            return "、".join(_city_name(code) for code in value.split(",") if code)
        if kind == "authorisations":
            return "、".join(
                translate(SERVICE_CATEGORIES[code].name) for code in value.split(",") if code in SERVICE_CATEGORIES
            )
        if kind in {"application", "state"}:
            labels = PARTNER_LABELS if kind == "state" else APPLICATION_LABELS
            return translate(labels[value][0]) if value in labels else value
        return value

    return {
        "application_labels": APPLICATION_LABELS,
        "partner_labels": PARTNER_LABELS,
        "change_labels": CHANGE_LABELS,
        "categories": SERVICE_CATEGORIES.values(),
        "star_levels": [(str(level), str(level)) for level in range(LOWEST_STAR_LEVEL, HIGHEST_STAR_LEVEL + 1)],
        "change_value": change_value,
    }


def _city_codes(text: str) -> list[str]:
    """City codes of names as people write them, `厦门、漳州`.

    Raises:
        Invalid: naming the field `territory`.
    """
    found = [named_city(name) for name in _BETWEEN_CITIES.split(text) if name]
    if not found or None in found:
        raise Invalid(fields={"territory": N_("请填写城市名称，用顿号分开，如“厦门、漳州”。")})
    return [each.code for each in found if each]


def _city_name(code: str) -> str:
    found = city(code)
    return found.name if found else code


def _parse_whole_number(form: FormValues, field: str) -> int:
    text = form[field]
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise Invalid(fields={field: N_("请填写数字。")})
    return int(text)


def _next_address(path: str, cursor: str, **filters: str) -> str:
    return f"{path}?{urlencode({**filters, 'cursor': cursor})}" if cursor else ""


def _decode_before(cursor: str) -> tuple[Any, UUID] | None:
    if not cursor:
        return None
    position = Cursor.decode(cursor)
    return position.moment, position.id


def application_service(request: WebRequest, work: UnitOfWork) -> Vetting:
    return Vetting(work, SignUpSettings.of(runtime_of(request)).public_url + "/join")


handlers = [
    applications_page,
    application_page,
    approve,
    reject,
    partners_page,
    partner_page,
    grade,
    change_listing,
    take_step,
    terminate,
]
