"""Forgetting a client's company, on a tab of the client's page. Works without script."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.assets.clients.web_interface import client_record
from app.data_exchange.personal_data.permissions import ClientErasurePermission
from app.data_exchange.personal_data.schemas import ClientErasureCreate
from app.data_exchange.personal_data.services import ClientErasures
from app.data_exchange.personal_data.states import CLIENT_ERASURE_STATE_NAMES, CLIENT_ERASURE_TONES, UNDER_WAY
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.records import record_page

HERE: Final = "/workspace/clients/{client_id:uuid}/erasure"


@get(HERE, permission=ClientErasurePermission.CLIENT_ERASE, include_in_schema=False)
async def client_erasure_page(request: WebRequest, work: RequestWork, client_id: FromPath[UUID]) -> Response[Any]:
    """What has to end first, and the form once nothing has to."""
    return await _page(request, client_id, work)


@post(HERE, permission=ClientErasurePermission.CLIENT_ERASE, include_in_schema=False)
async def erase_client_from_page(request: WebRequest, client_id: FromPath[UUID]) -> Response[Any]:
    """Have the company forgotten."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await ClientErasures(work).request(client_id, form.read(ClientErasureCreate))
        return HERE.replace("{client_id:uuid}", str(client_id))

    return await submit(request, act, partial(_page, request, client_id))


async def _page(
    request: WebRequest,
    client_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    standing = await ClientErasures(work).standing(client_id)
    may_erase = (
        not actor_of(request).read_only
        and standing.erased_at is None
        and not standing.open_matters
        and not any(each.state in UNDER_WAY for each in standing.requests)
    )
    return record_page(
        request,
        "personal_data/company.html",
        error=error,
        standing=standing,
        may_erase=may_erase,
        erasure_fields=fields_of(ClientErasureCreate),
        state_names=CLIENT_ERASURE_STATE_NAMES,
        tones=CLIENT_ERASURE_TONES,
        values=values or FormValues(),
        **await client_record(work, client_id, "erasure"),
    )


handlers = handlers_of(__name__)
