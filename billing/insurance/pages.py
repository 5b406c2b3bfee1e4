"""Insurance in the partner workspace. Forms work without script."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.assets.devices import CATEGORY_NAMES
from app.assets.devices.web_interface import ClientChoices
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page
from app.platform.web.records import RecordHead, record_page
from billing.insurance.api import CERTIFICATE_DOWNLOAD, certificate_answer
from billing.insurance.listing import BASE, POLICIES
from billing.insurance.permissions import InsurancePermission
from billing.insurance.product_form import form_of, product_from
from billing.insurance.schemas import (
    DevicesInsure,
    PolicyCreate,
    PolicyEnd,
    PolicyReason,
    PolicyVersion,
    ProductWrite,
)
from billing.insurance.services.products import InsuranceProducts
from billing.insurance.services.reading import InsurancePolicies
from billing.insurance.services.underwriting import Underwriting
from billing.insurance.states import END_REASON_NAMES, PERIL_NAMES, STATE_NAMES, STATE_TONES
from billing.money import minor_text
from billing.periods import CYCLE_NAMES
from tenants.company_time import company_day

POLICY: Final = f"{BASE}/{{insurance_policy_id:uuid}}"
PRODUCTS: Final = f"{BASE}/products"
PRODUCT: Final = f"{PRODUCTS}/{{insurance_product_id:uuid}}"
_READ, _WRITE = InsurancePermission.INSURANCE_POLICY_READ, InsurancePermission.INSURANCE_POLICY_WRITE
_PRODUCT_WRITE = InsurancePermission.INSURANCE_PRODUCT_WRITE
POLICY_WORDS: Final[dict[str, Any]] = {
    "state_names": STATE_NAMES,
    "state_tones": STATE_TONES,
    "end_reason_names": END_REASON_NAMES,
    "peril_names": PERIL_NAMES,
    "cycle_names": CYCLE_NAMES,
    "category_names": CATEGORY_NAMES,
    "money": minor_text,
}
"""The words of a policy, for the pages of all portals."""


@get(BASE, permission=_READ, include_in_schema=False)
async def policies_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Policies that run, drafts, and those that are over."""
    actor = actor_of(request)
    writes = actor.may(_WRITE) and not actor.read_only
    return await list_page(request, work, POLICIES, "insurance/list.html", may_write=writes, **POLICY_WORDS)


@get(PRODUCTS, permission=_READ, include_in_schema=False)
async def products_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The products with their terms and rates."""
    actor = actor_of(request)
    return page(
        request,
        "insurance/products.html",
        base=BASE,
        products=await InsuranceProducts(work).all(),
        may_write=actor.may(_PRODUCT_WRITE) and not actor.read_only,
        **POLICY_WORDS,
    )


@get(f"{PRODUCTS}/new", permission=_PRODUCT_WRITE, include_in_schema=False)
async def new_product_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """An empty form."""
    return await _product_form(request, None, work, FormValues())


@post(f"{PRODUCTS}/new", permission=_PRODUCT_WRITE, include_in_schema=False)
async def create_product(request: WebRequest) -> Response[Any]:
    """Give a service of the catalogue insurance terms."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await InsuranceProducts(work).create(product_from(form))
        return PRODUCTS

    return await submit(request, act, partial(_product_form, request, None))


@get(PRODUCT, permission=_PRODUCT_WRITE, include_in_schema=False)
async def product_page(request: WebRequest, work: RequestWork, insurance_product_id: FromPath[UUID]) -> Response[Any]:
    """The terms as they stand, to be changed."""
    return await _product_form(request, insurance_product_id, work, FormValues())


@post(PRODUCT, permission=_PRODUCT_WRITE, include_in_schema=False)
async def change_product(request: WebRequest, insurance_product_id: FromPath[UUID]) -> Response[Any]:
    """Change the terms of policies to come."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await InsuranceProducts(work).change(insurance_product_id, product_from(form))
        return PRODUCTS

    return await submit(request, act, partial(_product_form, request, insurance_product_id))


@get(f"{BASE}/new", permission=_WRITE, include_in_schema=False)
async def new_policy_page(
    request: WebRequest, work: RequestWork, client: FromQuery[UUID | None] = None
) -> Response[Any]:
    """An empty form."""
    values = FormValues({"client_id": str(client or ""), "start_on": str(await company_day(work))})
    return await _policy_form(request, work, values)


@post(f"{BASE}/new", permission=_WRITE, include_in_schema=False)
async def create_policy(request: WebRequest) -> Response[Any]:
    """Draft a policy."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        return f"{BASE}/{await Underwriting(work).create(form.read(PolicyCreate))}"

    return await submit(request, act, partial(_policy_form, request))


@get(POLICY, permission=_READ, include_in_schema=False)
async def policy_page(
    request: WebRequest, work: RequestWork, insurance_policy_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One policy: its devices, terms and premiums."""
    return await _record(request, insurance_policy_id, work, tab=tab)


@post(
    [f"{POLICY}/{step}" for step in ("activate", "cancel", "end", "devices")],
    permission=_WRITE,
    include_in_schema=False,
)
async def change_policy(request: WebRequest, insurance_policy_id: FromPath[UUID]) -> Response[Any]:
    """Activate, cancel, end, put devices under it, by the last part of the path."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        service = Underwriting(work)
        match str(request.scope["path"]).rsplit("/", 1)[1]:
            case "activate":
                await service.activate(insurance_policy_id, form.read(PolicyVersion))
            case "cancel":
                await service.cancel(insurance_policy_id, form.read(PolicyReason))
            case "end":
                await service.end(insurance_policy_id, form.read(PolicyEnd))
            case _:
                numbers = form["device_numbers"].split()
                await service.insure(insurance_policy_id, form.read(DevicesInsure, device_numbers=numbers))
        return f"{BASE}/{insurance_policy_id}"

    return await submit(request, act, partial(_record, request, insurance_policy_id))


@post(f"{POLICY}/devices/{{insured_device_id:uuid}}/end", permission=_WRITE, include_in_schema=False)
async def remove_device(
    request: WebRequest, insurance_policy_id: FromPath[UUID], insured_device_id: FromPath[UUID]
) -> Response[Any]:
    """Name the last day on which a device is insured."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await Underwriting(work).remove(insurance_policy_id, insured_device_id, form.read(PolicyEnd))
        return f"{BASE}/{insurance_policy_id}"

    return await submit(request, act, partial(_record, request, insurance_policy_id))


@get(
    "/insurance-certificates/{insurance_certificate_id:uuid}",
    permission=_READ,
    include_in_schema=False,
    audited=CERTIFICATE_DOWNLOAD,
)
async def download_certificate_from_page(
    request: WebRequest, insurance_certificate_id: FromPath[UUID]
) -> Response[bytes]:
    """A certificate, for the pages of both sides."""
    return await certificate_answer(request, insurance_certificate_id)


async def _record(
    request: WebRequest,
    policy_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
    *,
    tab: str = "",
) -> Response[Any]:
    policy = await InsurancePolicies(work).get(policy_id)
    actor = actor_of(request)
    record = RecordHead(
        kind="insurance_policy",
        id=policy.id,
        title=policy.client_name,
        number=policy.number,
        base=f"{BASE}/{policy.id}",
        list_href=BASE,
        list_label=N_("设备保险"),
        tab=tab,
    )
    return record_page(
        request,
        "insurance/record.html",
        record,
        error,
        policy=policy,
        may_write=actor.may(_WRITE) and not actor.read_only,
        today=str(await company_day(work)),
        values=values or FormValues(),
        **POLICY_WORDS,
    )


async def _policy_form(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    products = await InsuranceProducts(work).all()
    choices = {
        "client_id": await ClientChoices(work).clients(),
        "product_id": [(str(each.id), each.name) for each in products if each.offered],
    }
    return render_form(
        request,
        "insurance/form.html",
        error,
        base=BASE,
        fields=fields_of(PolicyCreate),
        choices=choices,
        values=values,
    )


async def _product_form(
    request: WebRequest,
    product_id: UUID | None,
    work: UnitOfWork,
    values: FormValues,
    error: DomainError | None = None,
) -> Response[Any]:
    products = InsuranceProducts(work)
    product = await products.get(product_id) if product_id else None
    taken = {str(each.addon_id) for each in await products.all()}
    services = await products.insurable()
    own = str(product.addon_id) if product else ""
    shown = form_of(product) if product else FormValues({"deductible": "0", "claim_limit": "0", "year_limit": "0"})
    return render_form(
        request,
        "insurance/product_form.html",
        error,
        base=BASE,
        product=product,
        fields=fields_of(ProductWrite),
        choices={"addon_id": [each for each in services if (each[0] == own if own else each[0] not in taken)]},
        peril_names=PERIL_NAMES,
        values=values.over(shown),
    )


handlers = [*handlers_of(__name__), *list_handlers(POLICIES)]
