"""Insurance of the company's devices: what is covered, for how much, until when (B4)."""

from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.portals.client.page_context import client_of, render_page
from billing.insurance import InsurancePermission, InsurancePolicies
from billing.insurance.web_interface import POLICY_WORDS

BASE: Final = "/portal/insurance"
_READ = InsurancePermission.INSURANCE_POLICY_READ


@get(BASE, permission=_READ, include_in_schema=False)
async def policies_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """The company's policies, the newest first."""
    policies = await InsurancePolicies(work).of_client(client_of(work))
    return await render_page(request, work, "client/insurance.html", policies=policies, base=BASE, **POLICY_WORDS)


@get(f"{BASE}/{{insurance_policy_id:uuid}}", permission=_READ, include_in_schema=False)
async def policy_page(request: WebRequest, work: RequestWork, insurance_policy_id: FromPath[UUID]) -> Response[str]:
    """One policy with its devices, terms and certificate."""
    policy = await InsurancePolicies(work).get(insurance_policy_id)
    return await render_page(request, work, "client/policy.html", policy=policy, base=BASE, **POLICY_WORDS)


handlers = handlers_of(__name__)
