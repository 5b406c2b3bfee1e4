"""The application to become a partner in three steps: company, contact, verification codes. Needs no scripts."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import public_work, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page, see_other, translator_of
from app.portals.public.application_draft import DRAFT_COOKIE, Draft, draft_cookie, read_draft
from app.portals.public.layout import public_layout_context
from rbac import Access
from tenants.partners import (
    PLANS,
    AddressVerification,
    ApplicationCreate,
    CodeRequest,
    CompanyDetails,
    ContactDetails,
    PartnerApplications,
    SignUpSettings,
    check_company,
    check_contact,
    cities_of,
    provinces,
)

COMPANY_FIELDS = CompanyDetails.__struct_fields__
CONTACT_FIELDS = ContactDetails.__struct_fields__


@get("/join", permission=Access.PUBLIC, include_in_schema=False)
async def company_page(request: WebRequest) -> Response[str]:
    """Step 1: the company."""
    return _company(request, FormValues.of(_draft(request)))


@post("/join", permission=Access.PUBLIC, include_in_schema=False)
async def submit_company(request: WebRequest) -> Response[Any]:
    """Check the company's details, keep them in the draft and continue with step 2."""

    async def act(_: UnitOfWork, form: FormValues) -> Response[Any]:
        company = CompanyDetails(**{name: form[name] for name in COMPANY_FIELDS})
        checked = check_company(company, actor_of(request).language)
        draft = msgspec.structs.replace(_draft(request), **msgspec.structs.asdict(checked))
        return _continue_to(request, "/join/contact", draft)

    async def show_again(_: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return _company(request, form, error)

    return await submit(request, act, show_again, begin=public_work)


@get("/join/contact", permission=Access.PUBLIC, include_in_schema=False)
async def contact_page(request: WebRequest) -> Response[Any]:
    """Step 2: the contact."""
    draft = _draft(request)
    if not draft.company_done:
        return see_other(request, "/join")
    return _contact(request, FormValues.of(draft))


@post("/join/contact", permission=Access.PUBLIC, include_in_schema=False)
async def submit_contact(request: WebRequest) -> Response[Any]:
    """Check the contact, keep it in the draft and send verification codes."""
    draft = _draft(request)
    if not draft.company_done:
        return see_other(request, "/join")

    async def act(work: UnitOfWork, form: FormValues) -> Response[Any]:
        contact = ContactDetails(**{name: form[name] for name in CONTACT_FIELDS})
        checked = check_contact(contact, actor_of(request).language)
        await _send_codes(request, work, checked.email, checked.mobile)
        return _continue_to(request, "/join/verify", msgspec.structs.replace(draft, **msgspec.structs.asdict(checked)))

    async def show_again(_: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return _contact(request, form, error)

    return await submit(request, act, show_again, begin=public_work)


@get("/join/verify", permission=Access.PUBLIC, include_in_schema=False)
async def verify_page(request: WebRequest) -> Response[Any]:
    """Step 3: the verification codes."""
    if not _draft(request).contact_done:
        return see_other(request, "/join/contact")
    return _verify(request, FormValues())


@post("/join/codes", permission=Access.PUBLIC, include_in_schema=False)
async def resend_codes(request: WebRequest) -> Response[Any]:
    """Send new codes to the same addresses."""
    draft = _draft(request)
    if not draft.contact_done:
        return see_other(request, "/join/contact")

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await _send_codes(request, work, draft.email, draft.mobile)
        return "/join/verify"

    async def show_again(_: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return _verify(request, form, error)

    return await submit(request, act, show_again, begin=public_work)


@post("/join/verify", permission=Access.PUBLIC, include_in_schema=False)
async def submit_application(request: WebRequest) -> Response[Any]:
    """Submit the application and delete the draft."""
    draft = _draft(request)
    if not draft.contact_done:
        return see_other(request, "/join/contact")

    async def act(work: UnitOfWork, form: FormValues) -> Response[Any]:
        application = ApplicationCreate(
            **msgspec.structs.asdict(draft), email_code=form["email_code"], mobile_code=form["mobile_code"]
        )
        receipt = await PartnerApplications(work, _installation(request)).apply(application)
        response = see_other(request, f"/join/status/{receipt.status_token}")
        response.set_cookie(draft_cookie(None, secure=_secure(request)))
        return response

    async def show_again(_: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return _verify(request, form, error)

    return await submit(request, act, show_again, begin=public_work)


@get("/join/status/{token:str}", permission=Access.PUBLIC, include_in_schema=False)
async def status_page(request: WebRequest, token: FromPath[str]) -> Response[str]:
    """The state of an application, for the holder of its status link."""
    async with public_work(request) as work:
        application = await PartnerApplications(work, _installation(request)).status(token)
    return page(request, "public/join_status.html", application=application, **public_layout_context(request, "join"))


async def _send_codes(request: WebRequest, work: UnitOfWork, email: str, mobile: str) -> None:
    installation = _installation(request)
    verification = AddressVerification(work, installation)
    await verification.send_code(CodeRequest(email))
    if installation.sms_offered:
        await verification.send_code(CodeRequest(mobile, "sms"))


def _company(request: WebRequest, values: FormValues, error: DomainError | None = None) -> Response[str]:
    translate = translator_of(request)
    cities = [(found.code, found.full_name) for province in provinces() for found in cities_of(province.code)]
    return render_form(
        request,
        "public/join_company.html",
        error,
        values=values,
        cities=cities,
        plans=[
            {"value": plan.code, "label": translate(plan.name), "line": translate(plan.line)} for plan in PLANS.values()
        ],
        **public_layout_context(request, "join"),
    )


def _contact(request: WebRequest, values: FormValues, error: DomainError | None = None) -> Response[str]:
    return render_form(
        request, "public/join_contact.html", error, values=values, **public_layout_context(request, "join")
    )


def _verify(request: WebRequest, values: FormValues, error: DomainError | None = None) -> Response[str]:
    return render_form(
        request,
        "public/join_verify.html",
        error,
        draft=_draft(request),
        values=values,
        sms_offered=_installation(request).sms_offered,
        **public_layout_context(request, "join"),
    )


def _continue_to(request: WebRequest, path: str, draft: Draft) -> Response[Any]:
    response = see_other(request, path)
    response.set_cookie(draft_cookie(draft, secure=_secure(request)))
    return response


def _draft(request: WebRequest) -> Draft:
    return read_draft(request.cookies.get(DRAFT_COOKIE))


def _installation(request: WebRequest) -> SignUpSettings:
    return SignUpSettings.of(runtime_of(request))


def _secure(request: WebRequest) -> bool:
    return runtime_of(request).settings.secure_cookies


handlers = handlers_of(__name__)
