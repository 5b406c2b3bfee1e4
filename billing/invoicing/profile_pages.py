"""The profiles of the company and its clients in the partner workspace."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.assets.clients.web_interface import client_record
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import translator_of
from app.platform.web.records import record_page
from billing.invoicing.addresses import INVOICES
from billing.invoicing.page_context import shared
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import FAPIAO_KIND_NAMES, BillingProfileWrite, SellerProfileWrite
from billing.invoicing.services.open_items import open_items
from billing.invoicing.services.profiles import Profiles
from tenants.company_time import company_day

SELLER: Final = "/workspace/seller-profile"
BUYER: Final = "/workspace/clients/{client_id:uuid}/billing"
_READ, _WRITE = InvoicePermission.INVOICE_READ, InvoicePermission.INVOICE_WRITE


@get(SELLER, permission=_WRITE, include_in_schema=False)
async def seller_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """How the company stands on its invoices."""
    stored = await Profiles(work).seller()
    limit = "" if stored.approval_above is None else f"{stored.approval_above:f}"
    return await _seller(request, work, FormValues.of(stored, approval_above=limit))


@post(SELLER, permission=_WRITE, include_in_schema=False)
async def write_seller(request: WebRequest) -> Response[Any]:
    """Write the company's profile."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await Profiles(work).write_seller(form.read(SellerProfileWrite))
        return SELLER

    return await submit(request, act, partial(_seller, request))


async def _seller(
    request: WebRequest, _: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    return render_form(
        request, "invoicing/seller.html", error, fields=fields_of(SellerProfileWrite), values=values, base=SELLER
    )


@get(BUYER, permission=_READ, include_in_schema=False)
async def buyer_page(request: WebRequest, work: RequestWork, client_id: FromPath[UUID]) -> Response[Any]:
    """What a client owes, and how it is invoiced."""
    return await _buyer(request, client_id, work, FormValues.of(await Profiles(work).buyer(client_id)))


@post(BUYER, permission=_WRITE, include_in_schema=False)
async def write_buyer(request: WebRequest, client_id: FromPath[UUID]) -> Response[Any]:
    """Write a client's profile."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await Profiles(work).write_buyer(client_id, form.read(BillingProfileWrite))
        return f"/workspace/clients/{client_id}/billing"

    return await submit(request, act, partial(_buyer, request, client_id))


async def _buyer(
    request: WebRequest, client_id: UUID, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    translate, profiles = translator_of(request), Profiles(work)
    return record_page(
        request,
        "invoicing/client.html",
        error=error,
        items=await open_items(work, client_id),
        today=await company_day(work),
        fields=fields_of(BillingProfileWrite),
        choices={
            "fapiao_kind": [(kind, translate(name)) for kind, name in FAPIAO_KIND_NAMES.items()],
            "payer_client_id": [(str(payer_id), name) for payer_id, name in await profiles.payers(client_id)],
        },
        values=values,
        invoices_href=f"{INVOICES}?client={client_id}",
        **shared(request),
        **await client_record(work, client_id, "billing"),
    )


handlers = handlers_of(__name__)
