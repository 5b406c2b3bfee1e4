"""Media of recovery cases on the engineer's phone: receipt, hand-over and return, each with a signature."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.assets.devices.web_interface import ClientChoices
from app.platform.files.web_interface import UPLOAD_BODY_LIMIT, inspected_uploads, uploads_of
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.portals.field.forms import signature_image
from app.portals.field.rendering import render_page
from billing.data_recovery import (
    Handover,
    MediumReturn,
    ReceiptSigning,
    RecoveryCases,
    RecoveryCaseView,
    RecoveryPermission,
)
from billing.data_recovery.web_interface import (
    CASE_WORDS,
    MEDIUM_FIELDS,
    PLACES,
    case_fields,
    case_of,
    custody_of,
    reception_of,
)

BASE: Final = "/field/recoveries"
CASE: Final = f"{BASE}/{{recovery_case_id:uuid}}"
MEDIUM: Final = f"{CASE}/media/{{recovery_medium_id:uuid}}"
_WORK = RecoveryPermission.RECOVERY_CASE_WORK


@get(BASE, permission=_WORK, include_in_schema=False)
async def cases_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The cases that the engineer is on."""
    return render_page(
        request, "recoveries.html", "recoveries", cases=await RecoveryCases(work).mine(), base=BASE, **CASE_WORDS
    )


@get(f"{BASE}/new", permission=_WORK, include_in_schema=False)
async def new_case_page(request: WebRequest, work: RequestWork, client: FromQuery[UUID | None] = None) -> Response[Any]:
    """What is written of the media before they are received."""
    return await _form(request, work, FormValues({"client_id": str(client or "")}))


@post(f"{BASE}/new", permission=_WORK, include_in_schema=False)
async def create_case(request: WebRequest) -> Response[Any]:
    """Write the case down; its receipt comes next."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        return f"{BASE}/{await reception_of(request, work).open(case_of(form))}"

    return await submit(request, act, partial(_form, request))


@get(CASE, permission=_WORK, include_in_schema=False)
async def case_page(request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID]) -> Response[Any]:
    """One case: the receipt to be signed, or its media and where they are."""
    return await _case(request, recovery_case_id, work, FormValues())


@post(f"{CASE}/photos", permission=_WORK, include_in_schema=False, request_max_body_size=UPLOAD_BODY_LIMIT)
async def add_photos(request: WebRequest, recovery_case_id: FromPath[UUID]) -> Response[Any]:
    """Keep photos of the media."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        reception = reception_of(request, work)
        files = await inspected_uploads(request, await uploads_of(request, "photos"))
        await reception.add_photos(recovery_case_id, files)
        return f"{BASE}/{recovery_case_id}"

    return await submit(request, act, partial(_case, request, recovery_case_id))


@get(f"{CASE}/receipt", permission=_WORK, include_in_schema=False)
async def receipt_page(request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID]) -> Response[Any]:
    """The receipt as the giver reads and signs it."""
    return await _receipt(request, recovery_case_id, work, FormValues())


@post(f"{CASE}/receipt", permission=_WORK, include_in_schema=False)
async def make_receipt(request: WebRequest, recovery_case_id: FromPath[UUID]) -> Response[Any]:
    """Bring the receipt up to date and show it."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await reception_of(request, work).make_receipt(recovery_case_id)
        return f"{BASE}/{recovery_case_id}/receipt"

    return await submit(request, act, partial(_case, request, recovery_case_id))


@post(f"{CASE}/receipt/signature", permission=_WORK, include_in_schema=False)
async def sign_receipt(request: WebRequest, recovery_case_id: FromPath[UUID]) -> Response[Any]:
    """The giver signs for exactly the receipt that was shown."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        reception = reception_of(request, work)
        await reception.sign(recovery_case_id, form.read(ReceiptSigning, image=signature_image(form)))
        return f"{BASE}/{recovery_case_id}"

    return await submit(request, act, partial(_receipt, request, recovery_case_id))


@get([f"{MEDIUM}/{step}" for step in ("hand-over", "return")], permission=_WORK, include_in_schema=False)
async def medium_page(
    request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID], recovery_medium_id: FromPath[UUID]
) -> Response[Any]:
    """The form to hand a medium over, or to give it back, by the last part of the path."""
    return await _medium(request, (recovery_case_id, recovery_medium_id), work, FormValues())


@post(f"{MEDIUM}/hand-over", permission=_WORK, include_in_schema=False)
async def hand_over(
    request: WebRequest, recovery_case_id: FromPath[UUID], recovery_medium_id: FromPath[UUID]
) -> Response[Any]:
    """A colleague takes the medium and signs."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        custody = custody_of(request, work)
        wanted = form.read(Handover, image=signature_image(form))
        await custody.hand_over(recovery_case_id, recovery_medium_id, wanted)
        return f"{BASE}/{recovery_case_id}"

    return await submit(request, act, partial(_medium, request, (recovery_case_id, recovery_medium_id)))


@post(f"{MEDIUM}/return", permission=_WORK, include_in_schema=False)
async def give_back(
    request: WebRequest, recovery_case_id: FromPath[UUID], recovery_medium_id: FromPath[UUID]
) -> Response[Any]:
    """Somebody of the client takes the medium back and signs."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        custody = custody_of(request, work)
        wanted = form.read(MediumReturn, image=signature_image(form))
        await custody.give_back(recovery_case_id, recovery_medium_id, wanted)
        return f"{BASE}/{recovery_case_id}"

    return await submit(request, act, partial(_medium, request, (recovery_case_id, recovery_medium_id)))


async def _form(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    return render_page(
        request,
        "recovery_form.html",
        "recoveries",
        error,
        back=BASE,
        clients=await ClientChoices(work).clients(),
        fields=case_fields(),
        medium_fields=MEDIUM_FIELDS,
        medium_numbers=PLACES,
        values=values,
    )


async def _case(
    request: WebRequest, case_id: UUID, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    return _shown(request, "recovery.html", await _of_ours(work, case_id), values, error, back=BASE)


async def _receipt(
    request: WebRequest, case_id: UUID, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    case = await _of_ours(work, case_id)
    if case.receipt is None:
        raise NotFound
    return _shown(request, "recovery_receipt.html", case, values, error, back=f"{BASE}/{case_id}")


async def _medium(
    request: WebRequest,
    ids: tuple[UUID, UUID],
    work: UnitOfWork,
    values: FormValues,
    error: DomainError | None = None,
) -> Response[Any]:
    case_id, medium_id = ids
    case = await _of_ours(work, case_id)
    medium = next((each for each in case.media if each.id == medium_id and each.state == "held"), None)
    if medium is None:
        raise NotFound
    returns = str(request.scope["path"]).endswith("/return")
    return _shown(
        request,
        "recovery_medium.html",
        case,
        values.over({"receiver_name": case.giver_name}),
        error,
        back=f"{BASE}/{case_id}",
        medium=medium,
        returns=returns,
        colleagues=[
            (str(each.membership_id), each.name)
            for each in case.people
            if each.left_at is None and each.membership_id != medium.holder_id
        ],
    )


async def _of_ours(work: UnitOfWork, case_id: UUID) -> RecoveryCaseView:
    """
    Raises:
        NotFound: the actor is not one of the case's people.
    """
    case = await RecoveryCases(work).get(case_id)
    if not case.on_case:
        raise NotFound
    return case


def _shown(
    request: WebRequest,
    template: str,
    case: RecoveryCaseView,
    values: FormValues,
    error: DomainError | None,
    **more: Any,
) -> Response[Any]:
    return render_page(
        request,
        template,
        "recoveries",
        error,
        case=case,
        here=f"{BASE}/{case.id}",
        values=values,
        may_write=not actor_of(request).read_only,
        **more,
        **CASE_WORDS,
    )


handlers = handlers_of(__name__)
