"""The network's partners, for headquarters."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.records import RecordHead, record_page
from app.portals.hq.partner_forms import (
    city_codes,
    city_name,
    partner_labels,
    reason_field,
    whole_number,
)
from rbac import Permission
from tenants.partners import (
    PARTNER,
    PartnerGrading,
    PartnerRegister,
    PartnerState,
    PartnerStep,
    PartnerTermination,
    PartnerUpdate,
    Step,
)
from tenants.partners.web_interface import PARTNERS

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


@get("/hq/partners", permission=Permission.PARTNER_READ, include_in_schema=False)
async def partners_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The partners, filtered by state and text."""
    return await list_page(request, work, PARTNERS, "hq/partners.html", **partner_labels(request))


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
            version=whole_number(form, "version"),
            reason=form["reason"],
            star_level=whole_number(form, "star_level"),
            territory=city_codes(form["territory"]),
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
            version=whole_number(form, "version"), hotline=form["hotline"], introduction=form["introduction"]
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
        change = PartnerStep(whole_number(form, "version"), form["step_reason"])
        with reason_field("step_reason"):
            await step(PartnerRegister(work), partner_id, change)
        return f"/hq/partners/{partner_id}"

    return await submit(request, act, partial(_render_partner, request, partner_id))


@post("/hq/partners/{partner_id:uuid}/termination", permission=Permission.PARTNER_TERMINATE, include_in_schema=False)
async def terminate(request: WebRequest, partner_id: FromPath[UUID]) -> Response[Any]:
    """Terminate a partner's membership in the network."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        change = PartnerTermination(
            whole_number(form, "version"),
            form["termination_reason"],
            whole_number(form, "retention_days"),
        )
        with reason_field("termination_reason"):
            await PartnerRegister(work).terminate(
                partner_id, change, runtime_of(request).settings.tenant_retention_days
            )
        return f"/hq/partners/{partner_id}"

    return await submit(request, act, partial(_render_partner, request, partner_id))


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
        "territory": "、".join(city_name(code) for code in partner.territory),
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
        **partner_labels(request),
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


handlers = [*handlers_of(__name__), *list_handlers(PARTNERS)]
