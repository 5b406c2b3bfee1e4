"""Agreements and admissions of a client in the partner workspace. Forms work without script."""

from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from app.assets.clients import ClientService
from app.desk.confidentiality.schemas import Admission, AdmissionUpdate, AgreementCreate, AgreementUpdate
from app.desk.confidentiality.service import ConfidentialityService
from app.desk.engineers import EngineerService
from app.platform.http.authentication import actor_of
from app.platform.http.idempotency import submit_once
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.forms import SubmittedForm, render_form, submitted_form
from app.platform.web.pages import see_other
from rbac import Permission

HERE: Final = "/workspace/clients/{client_id:uuid}/confidentiality"


@get(HERE, permission=Permission.CLIENT_READ, include_in_schema=False)
async def confidentiality_page(request: WebRequest, work: RequestWork, client_id: FromPath[UUID]) -> Response[Any]:
    """A client's agreements and admissions."""
    return await _page(request, work, client_id, {})


@post(f"{HERE}/agreements", permission=Permission.CLIENT_WRITE, include_in_schema=False)
async def add_agreement(request: WebRequest, client_id: FromPath[UUID]) -> Response[Any]:
    """Note an agreement."""

    async def act(work: UnitOfWork, form: SubmittedForm) -> None:
        await ConfidentialityService(work).add_agreement(client_id, _read(form, AgreementCreate))

    return await _submitted(request, client_id, act)


@post(f"{HERE}/agreements/{{agreement_id:uuid}}", permission=Permission.CLIENT_WRITE, include_in_schema=False)
async def end_agreement(request: WebRequest, client_id: FromPath[UUID], agreement_id: FromPath[UUID]) -> Response[Any]:
    """End an agreement today."""

    async def act(work: UnitOfWork, form: SubmittedForm) -> None:
        service = ConfidentialityService(work)
        present = next((each for each in await service.agreements(client_id) if each.id == agreement_id), None)
        if present is None:
            raise NotFound
        values = {name: getattr(present, name) for name in AgreementCreate.__struct_fields__}
        ended = AgreementUpdate(**values, ended_on=service.today, version=_version(form))
        await service.change_agreement(client_id, agreement_id, ended)

    return await _submitted(request, client_id, act)


@post(f"{HERE}/admissions", permission=Permission.CLIENT_WRITE, include_in_schema=False)
async def admit(request: WebRequest, client_id: FromPath[UUID]) -> Response[Any]:
    """Admit an engineer, or change the pass."""

    async def act(work: UnitOfWork, form: SubmittedForm) -> None:
        service = ConfidentialityService(work)
        try:
            engineer_id = UUID(form["engineer_id"])
        except ValueError as error:
            raise Invalid(fields={"engineer_id": N_("请选择工程师。")}) from error
        present = await _present(service, client_id, engineer_id)
        wanted = msgspec.structs.replace(_read(form, AdmissionUpdate), version=present.version if present else 0)
        await service.admit(client_id, engineer_id, wanted)

    return await _submitted(request, client_id, act)


@post(f"{HERE}/admissions/{{engineer_id:uuid}}/end", permission=Permission.CLIENT_WRITE, include_in_schema=False)
async def end_admission(request: WebRequest, client_id: FromPath[UUID], engineer_id: FromPath[UUID]) -> Response[Any]:
    """End an engineer's admission from today on."""

    async def act(work: UnitOfWork, _form: SubmittedForm) -> None:
        service = ConfidentialityService(work)
        present = await _present(service, client_id, engineer_id)
        if present is None:
            raise NotFound
        values = {name: getattr(present, name) for name in AdmissionUpdate.__struct_fields__}
        await service.admit(client_id, engineer_id, AdmissionUpdate(**{**values, "ended_on": service.today}))

    return await _submitted(request, client_id, act)


async def _present(service: ConfidentialityService, client_id: UUID, engineer_id: UUID) -> Admission | None:
    return next((each for each in await service.admissions(client_id) if each.engineer_id == engineer_id), None)


async def _submitted(request: WebRequest, client_id: UUID, act: Any) -> Response[Any]:
    form = await submitted_form(request)
    units_of_work, actor, origin = runtime_of(request).units_of_work, actor_of(request), origin_of(request)
    try:
        async with units_of_work.begin(actor, origin) as work:

            async def once() -> str:
                await act(work, form)
                return f"/workspace/clients/{client_id}/confidentiality"

            address = await submit_once(request, work, once)
    except NotFound:
        raise
    except DomainError as error:
        async with units_of_work.begin(actor, origin) as work:
            return await _page(request, work, client_id, form.texts(), error)
    return see_other(request, address)


def _version(form: SubmittedForm) -> int:
    return int(form["version"]) if form["version"].isascii() and form["version"].isdigit() else 0


def _read(form: SubmittedForm, wanted: Any) -> Any:
    """
    Raises:
        Invalid: naming the fields.
    """
    given: dict[str, Any] = {}
    for field in msgspec.structs.fields(wanted):
        text = form[field.name].strip()
        if field.name == "version":
            given["version"] = _version(form)
        elif field.name == "admission_required":
            given[field.name] = bool(text)
        elif text:
            given[field.name] = text
    missing = {
        field.name: N_("请填写。")
        for field in msgspec.structs.fields(wanted)
        if field.required and field.name not in given
    }
    if missing:
        raise Invalid(fields=missing)
    try:
        return msgspec.convert(given, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid from error


async def _page(
    request: WebRequest, work: UnitOfWork, client_id: UUID, typed: dict[str, str], error: DomainError | None = None
) -> Response[Any]:
    service, actor = ConfidentialityService(work), actor_of(request)
    engineers = await EngineerService(work).list() if actor.may(Permission.ENGINEER_READ) else []
    return render_form(
        request,
        "confidentiality/client.html",
        error,
        client=await ClientService(work).get(client_id),
        agreements=await service.agreements(client_id),
        admissions=await service.admissions(client_id),
        engineers=[(str(each.id), each.display_name) for each in engineers],
        today=service.today,
        typed=typed,
        may_write=actor.may(Permission.CLIENT_WRITE) and not actor.read_only,
    )


handlers = [confidentiality_page, add_agreement, end_agreement, admit, end_admission]
