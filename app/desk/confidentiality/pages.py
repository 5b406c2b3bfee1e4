"""Agreements and admissions of a client in the partner workspace. Forms work without script."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.assets.clients.web_interface import client_record
from app.desk.confidentiality.schemas import Admission, AdmissionUpdate, AgreementCreate, AgreementUpdate
from app.desk.confidentiality.service import ConfidentialityService
from app.desk.engineers import EngineerService
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.records import record_page
from rbac import Permission

HERE: Final = "/workspace/clients/{client_id:uuid}/confidentiality"


@get(HERE, permission=Permission.CLIENT_READ, include_in_schema=False)
async def confidentiality_page(request: WebRequest, work: RequestWork, client_id: FromPath[UUID]) -> Response[Any]:
    """A client's agreements and admissions."""
    return await _page(request, client_id, work)


@post(f"{HERE}/agreements", permission=Permission.CLIENT_WRITE, include_in_schema=False)
async def add_agreement(request: WebRequest, client_id: FromPath[UUID]) -> Response[Any]:
    """Note an agreement."""

    async def act(work: UnitOfWork, form: FormValues) -> None:
        await ConfidentialityService(work).add_agreement(client_id, form.read(AgreementCreate))

    return await _submitted(request, client_id, act)


@post(f"{HERE}/agreements/{{agreement_id:uuid}}", permission=Permission.CLIENT_WRITE, include_in_schema=False)
async def end_agreement(request: WebRequest, client_id: FromPath[UUID], agreement_id: FromPath[UUID]) -> Response[Any]:
    """End an agreement today."""

    async def act(work: UnitOfWork, form: FormValues) -> None:
        service = ConfidentialityService(work)
        present = next((each for each in await service.agreements(client_id) if each.id == agreement_id), None)
        if present is None:
            raise NotFound
        values = {name: getattr(present, name) for name in AgreementCreate.__struct_fields__}
        ended = AgreementUpdate(**values, ended_on=service.today, version=form.whole_number("version"))
        await service.change_agreement(client_id, agreement_id, ended)

    return await _submitted(request, client_id, act)


@post(f"{HERE}/admissions", permission=Permission.CLIENT_WRITE, include_in_schema=False)
async def admit(request: WebRequest, client_id: FromPath[UUID]) -> Response[Any]:
    """Admit an engineer, or change the pass."""

    async def act(work: UnitOfWork, form: FormValues) -> None:
        service = ConfidentialityService(work)
        try:
            engineer_id = UUID(form["engineer_id"])
        except ValueError as error:
            raise Invalid(fields={"engineer_id": N_("请选择工程师。")}) from error
        present = await _present(service, client_id, engineer_id)
        wanted = form.read(AdmissionUpdate, version=present.version if present else 0)
        await service.admit(client_id, engineer_id, wanted)

    return await _submitted(request, client_id, act)


@post(f"{HERE}/admissions/{{engineer_id:uuid}}/end", permission=Permission.CLIENT_WRITE, include_in_schema=False)
async def end_admission(request: WebRequest, client_id: FromPath[UUID], engineer_id: FromPath[UUID]) -> Response[Any]:
    """End an engineer's admission from today on."""

    async def act(work: UnitOfWork, _: FormValues) -> None:
        service = ConfidentialityService(work)
        present = await _present(service, client_id, engineer_id)
        if present is None:
            raise NotFound
        values = {name: getattr(present, name) for name in AdmissionUpdate.__struct_fields__}
        await service.admit(client_id, engineer_id, AdmissionUpdate(**{**values, "ended_on": service.today}))

    return await _submitted(request, client_id, act)


async def _present(service: ConfidentialityService, client_id: UUID, engineer_id: UUID) -> Admission | None:
    return next((each for each in await service.admissions(client_id) if each.engineer_id == engineer_id), None)


async def _submitted(
    request: WebRequest, client_id: UUID, change: Callable[[UnitOfWork, FormValues], Awaitable[None]]
) -> Response[Any]:
    async def act(work: UnitOfWork, form: FormValues) -> str:
        await change(work, form)
        return f"/workspace/clients/{client_id}/confidentiality"

    return await submit(request, act, partial(_page, request, client_id))


async def _page(
    request: WebRequest,
    client_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    service, actor = ConfidentialityService(work), actor_of(request)
    today = service.today.isoformat()
    engineers = await EngineerService(work).list() if actor.may(Permission.ENGINEER_READ) else []
    return record_page(
        request,
        "confidentiality/client.html",
        error=error,
        **await client_record(work, client_id, "confidentiality"),
        agreements=await service.agreements(client_id),
        admissions=await service.admissions(client_id),
        engineers=[(str(each.id), each.display_name) for each in engineers],
        today=service.today,
        values=(values or FormValues()).over({"signed_on": today, "admitted_on": today}),
        agreement_fields=fields_of(AgreementCreate),
        admission_fields=fields_of(AdmissionUpdate),
        may_write=actor.may(Permission.CLIENT_WRITE) and not actor.read_only,
    )


handlers = handlers_of(__name__)
