"""The engineers' pages of the partner workspace. Forms work without script."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.desk.engineers.labels import GRADE_NAMES, EngineerLevel, EngineerState, SkillGrade
from app.desk.engineers.listing import ENGINEERS
from app.desk.engineers.record import BASE, CATEGORY_NAMES, engineer_record
from app.desk.engineers.schemas import EngineerUpdate
from app.desk.engineers.service import EngineerService
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.records import record_page
from rbac import Permission


@get(BASE, permission=Permission.ENGINEER_READ, include_in_schema=False)
async def engineers_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Engineers with their levels and skills."""
    return await list_page(
        request,
        work,
        ENGINEERS,
        "engineers/list.html",
        grade_names=GRADE_NAMES,
        category_names=CATEGORY_NAMES,
    )


@get(f"{BASE}/{{engineer_id:uuid}}/profile", permission=Permission.ENGINEER_WRITE, include_in_schema=False)
async def profile_page(request: WebRequest, work: RequestWork, engineer_id: FromPath[UUID]) -> Response[Any]:
    """A tab of the engineer's page: the form of the profile."""
    return await _form(request, engineer_id, work)


@post(f"{BASE}/{{engineer_id:uuid}}", permission=Permission.ENGINEER_WRITE, include_in_schema=False)
async def update_engineer(request: WebRequest, engineer_id: FromPath[UUID]) -> Response[Any]:
    """Save the profile."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await EngineerService(work).update(engineer_id, _update(form))
        return f"{BASE}/{engineer_id}"

    return await submit(request, act, partial(_form, request, engineer_id))


def _update(form: FormValues) -> EngineerUpdate:
    grades = {str(grade.value): grade for grade in SkillGrade}
    skills = {category: grades.get(form[f"skill.{category}"]) for category in CATEGORY_NAMES}
    levels = {level.value: level for level in EngineerLevel}
    return EngineerUpdate(
        level=levels.get(form["level"], EngineerLevel.JUNIOR),
        version=form.whole_number("version"),
        phone=form["phone"],
        state=EngineerState.ACTIVE if form["state"] == EngineerState.ACTIVE else EngineerState.INACTIVE,
        skills={category: grade for category, grade in skills.items() if grade is not None},
    )


async def _form(
    request: WebRequest,
    engineer_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    context = await engineer_record(work, engineer_id, "profile")
    skills = {f"skill.{category}": grade for category, grade in context["engineer"].skills.items()}
    return record_page(
        request,
        "engineers/form.html",
        error=error,
        values=values or FormValues.of(context["engineer"], skills="", **skills),
        **context,
    )


handlers = [*handlers_of(__name__), *list_handlers(ENGINEERS)]
