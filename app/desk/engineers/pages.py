"""The engineers' pages of the partner workspace. Forms work without script."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.agreements.catalogue import PRODUCT_CATEGORIES
from app.desk.engineers.labels import GRADE_NAMES, LEVEL_NAMES, EngineerLevel, EngineerState, SkillGrade
from app.desk.engineers.schemas import EngineerUpdate, EngineerView
from app.desk.engineers.service import EngineerService
from app.platform.http.authentication import actor_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.web.forms import SubmittedForm, render_form, submitted_form
from app.platform.web.pages import page, see_other
from rbac import Permission

BASE = "/workspace/engineers"
_CATEGORY_NAMES = {category.code: category.name for category in PRODUCT_CATEGORIES}


@get(BASE, permission=Permission.ENGINEER_READ, include_in_schema=False)
async def engineers_page(
    request: WebRequest, work: RequestWork, q: FromQuery[str] = "", inactive: FromQuery[str] = ""
) -> Response[Any]:
    """Engineers with their levels and skills."""
    state = EngineerState.INACTIVE if inactive else EngineerState.ACTIVE
    return page(
        request,
        "engineers/list.html",
        engineers=await EngineerService(work).list(state, text=q),
        q=q,
        inactive=inactive,
        level_names=LEVEL_NAMES,
        grade_names=GRADE_NAMES,
        category_names=_CATEGORY_NAMES,
        may_write=actor_of(request).may(Permission.ENGINEER_WRITE) and not actor_of(request).read_only,
    )


@get(f"{BASE}/{{engineer_id:uuid}}", permission=Permission.ENGINEER_WRITE, include_in_schema=False)
async def engineer_page(request: WebRequest, work: RequestWork, engineer_id: FromPath[UUID]) -> Response[Any]:
    """The profile's form."""
    engineer = await EngineerService(work).get(engineer_id)
    typed = {
        "level": engineer.level.value,
        "phone": engineer.phone,
        "state": engineer.state.value,
        "version": str(engineer.version),
        **{f"skill.{category}": str(grade.value) for category, grade in engineer.skills.items()},
    }
    return _form(request, engineer, typed)


@post(f"{BASE}/{{engineer_id:uuid}}", permission=Permission.ENGINEER_WRITE, include_in_schema=False)
async def update_engineer(request: WebRequest, engineer_id: FromPath[UUID]) -> Response[Any]:
    """Save the profile; an invalid form is shown again as it was typed."""
    form = await submitted_form(request)
    begin = runtime_of(request).units_of_work.begin
    try:
        async with begin(actor_of(request), origin_of(request)) as work:
            await EngineerService(work).update(engineer_id, _update(form))
    except DomainError as error:
        async with begin(actor_of(request), origin_of(request)) as work:
            engineer = await EngineerService(work).get(engineer_id)
        return _form(request, engineer, form.texts(), error)
    return see_other(request, BASE)


def _update(form: SubmittedForm) -> EngineerUpdate:
    grades = {str(grade.value): grade for grade in SkillGrade}
    skills = {category: grades.get(form[f"skill.{category}"]) for category in _CATEGORY_NAMES}
    levels = {level.value: level for level in EngineerLevel}
    return EngineerUpdate(
        level=levels.get(form["level"], EngineerLevel.JUNIOR),
        version=int(form["version"]) if form["version"].isascii() and form["version"].isdigit() else 0,
        phone=form["phone"],
        state=EngineerState.ACTIVE if form["state"] == EngineerState.ACTIVE else EngineerState.INACTIVE,
        skills={category: grade for category, grade in skills.items() if grade is not None},
    )


def _form(
    request: WebRequest, engineer: EngineerView, typed: dict[str, str], error: DomainError | None = None
) -> Response[Any]:
    return render_form(
        request,
        "engineers/form.html",
        error,
        engineer=engineer,
        typed=typed,
        level_names=LEVEL_NAMES,
        grade_names=GRADE_NAMES,
        category_names=_CATEGORY_NAMES,
    )


handlers = [engineers_page, engineer_page, update_engineer]
