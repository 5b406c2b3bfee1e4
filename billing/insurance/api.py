"""Insurance as JSON."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.platform.documents import Printable
from app.platform.documents.web_interface import document_answer
from app.platform.http.audited_reads import Audited
from app.platform.http.idempotency import idempotent
from app.platform.http.openapi_description import binary
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import Scope
from app.platform.kernel.text_search import matches_search
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import api_page, saved_view_api
from billing.insurance.listing import POLICIES, policy_matches
from billing.insurance.models import InsurancePolicy
from billing.insurance.permissions import InsurancePermission
from billing.insurance.schemas import (
    DevicesInsure,
    PolicyCreate,
    PolicyEnd,
    PolicyReason,
    PolicySummary,
    PolicyVersion,
    PolicyView,
    ProductView,
    ProductWrite,
)
from billing.insurance.services.products import InsuranceProducts
from billing.insurance.services.reading import InsurancePolicies
from billing.insurance.services.underwriting import Underwriting
from billing.insurance.states import PolicyState

TAGS = ["insurance"]
PRODUCT = "/insurance-products/{insurance_product_id:uuid}"
POLICY = "/insurance-policies/{insurance_policy_id:uuid}"
_READ, _WRITE = InsurancePermission.INSURANCE_POLICY_READ, InsurancePermission.INSURANCE_POLICY_WRITE
_PRODUCT_WRITE = InsurancePermission.INSURANCE_PRODUCT_WRITE
CERTIFICATE_DOWNLOAD = Audited("insurance_certificate.downloaded", "insurance_certificate", "insurance_certificate_id")


@get("/insurance-products", permission=_READ, tags=TAGS)
async def list_products(work: RequestWork) -> Page[ProductView]:
    """The products by code, on one page; none for a client's people, whose policies say the terms."""
    return Page(await InsuranceProducts(work).all())


@post("/insurance-products", permission=_PRODUCT_WRITE, tags=TAGS)
@idempotent()
async def create_product(request: WebRequest, work: RequestWork, data: JSONBody[ProductWrite]) -> ProductView:
    """Give a service of the catalogue insurance terms (`version` 0). A rate's `category` may be empty: all others."""
    return await InsuranceProducts(work).create(data)


@get(PRODUCT, permission=_READ, tags=TAGS)
async def read_product(work: RequestWork, insurance_product_id: FromPath[UUID]) -> ProductView:
    """One product."""
    return await InsuranceProducts(work).get(insurance_product_id)


@put(PRODUCT, permission=_PRODUCT_WRITE, tags=TAGS)
async def change_product(
    work: RequestWork, insurance_product_id: FromPath[UUID], data: JSONBody[ProductWrite]
) -> ProductView:
    """Change the terms of policies to come. What stands in a policy stays."""
    return await InsuranceProducts(work).change(insurance_product_id, data)


@get("/insurance-policies", permission=_READ, tags=TAGS)
async def list_policies(
    work: RequestWork,
    *,
    q: FromQuery[str] = "",
    client_id: FromQuery[UUID | None] = None,
    policy_state: Annotated[PolicyState | None, QueryParameter(name="state")] = None,
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Page[PolicySummary]:
    """Policies, the newest first, or by `sort` (`number`, `-client_name`); of a client's people their own company's
    that were put into force."""
    conditions = [matches_search(q, policy_matches)] if q else []
    if work.actor.scope is not Scope.TENANT:
        conditions.append(InsurancePolicy.activated_at.is_not(None))
    if client_id is not None:
        conditions.append(InsurancePolicy.client_id == client_id)
    if policy_state is not None:
        conditions.append(InsurancePolicy.state == policy_state)
    return await api_page(work, POLICIES, conditions=conditions, sort=sort, cursor=cursor)


@post("/insurance-policies", permission=_WRITE, tags=TAGS)
@idempotent()
async def create_policy(request: WebRequest, work: RequestWork, data: JSONBody[PolicyCreate]) -> PolicyView:
    """Draft a policy on the product's terms of today."""
    return await InsurancePolicies(work).get(await Underwriting(work).create(data))


@get(POLICY, permission=_READ, tags=TAGS)
async def read_policy(work: RequestWork, insurance_policy_id: FromPath[UUID]) -> PolicyView:
    """One policy: terms, devices, and for the company what fell due."""
    return await InsurancePolicies(work).get(insurance_policy_id)


@post(f"{POLICY}/devices", permission=_WRITE, tags=TAGS, status_code=200)
@idempotent(200)
async def insure_devices(
    request: WebRequest, work: RequestWork, insurance_policy_id: FromPath[UUID], data: JSONBody[DevicesInsure]
) -> PolicyView:
    """Put devices of the client under the policy, by their numbers, each for the same value."""
    await Underwriting(work).insure(insurance_policy_id, data)
    return await InsurancePolicies(work).get(insurance_policy_id)


@post(f"{POLICY}/devices/{{insured_device_id:uuid}}/end", permission=_WRITE, tags=TAGS, status_code=200)
@idempotent(200)
async def remove_device(
    request: WebRequest,
    work: RequestWork,
    insurance_policy_id: FromPath[UUID],
    insured_device_id: FromPath[UUID],
    data: JSONBody[PolicyEnd],
) -> PolicyView:
    """Name the last day on which a device is insured; what was paid beyond it is given back."""
    await Underwriting(work).remove(insurance_policy_id, insured_device_id, data)
    return await InsurancePolicies(work).get(insurance_policy_id)


@post(f"{POLICY}/activate", permission=_WRITE, tags=TAGS, status_code=200)
@idempotent(200)
async def activate_policy(
    request: WebRequest, work: RequestWork, insurance_policy_id: FromPath[UUID], data: JSONBody[PolicyVersion]
) -> PolicyView:
    """Put the policy into force: premiums are charged as they fall due, and a certificate is made."""
    await Underwriting(work).activate(insurance_policy_id, data)
    return await InsurancePolicies(work).get(insurance_policy_id)


@post(f"{POLICY}/cancel", permission=_WRITE, tags=TAGS, status_code=200)
@idempotent(200)
async def cancel_policy(
    request: WebRequest, work: RequestWork, insurance_policy_id: FromPath[UUID], data: JSONBody[PolicyReason]
) -> PolicyView:
    """A draft comes to nothing."""
    await Underwriting(work).cancel(insurance_policy_id, data)
    return await InsurancePolicies(work).get(insurance_policy_id)


@post(f"{POLICY}/end", permission=_WRITE, tags=TAGS, status_code=200)
@idempotent(200)
async def end_policy(
    request: WebRequest, work: RequestWork, insurance_policy_id: FromPath[UUID], data: JSONBody[PolicyEnd]
) -> PolicyView:
    """Name the policy's last day, or another one; what was paid beyond it is given back."""
    await Underwriting(work).end(insurance_policy_id, data)
    return await InsurancePolicies(work).get(insurance_policy_id)


async def certificate_answer(request: WebRequest, certificate_id: UUID) -> Response[bytes]:
    """The certificate's PDF."""

    async def read(work: UnitOfWork) -> Printable:
        return await InsurancePolicies(work).certificate(certificate_id)

    return await document_answer(request, read)


@get(
    "/insurance-certificates/{insurance_certificate_id:uuid}/document",
    permission=_READ,
    tags=TAGS,
    audited=CERTIFICATE_DOWNLOAD,
    responses=binary("application/pdf", "The certificate."),
)
async def download_certificate(request: WebRequest, insurance_certificate_id: FromPath[UUID]) -> Response[bytes]:
    """A policy's certificate as PDF."""
    return await certificate_answer(request, insurance_certificate_id)


handlers = [*handlers_of(__name__), *saved_view_api(POLICIES, "/insurance-policies")]
