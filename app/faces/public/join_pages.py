"""The application to become a partner in three steps: company, contact, verification codes. Needs no scripts."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from app.faces.public.draft import DRAFT_COOKIE, Draft, draft_cookie, read_draft
from app.faces.public.shell import public_shell
from app.http.authentication import actor_of
from app.http.work import public_work, runtime_of
from app.kernel.errors import DomainError
from app.web.forms import redraw, typed
from app.web.pages import page, see_other, speaker
from rbac import Access
from tenants.partners import (
    PLANS,
    AddressVerification,
    ApplicationCreate,
    CodeRequest,
    CompanyDetails,
    ContactDetails,
    SigningUp,
    SignUpSettings,
    check_company,
    check_contact,
    cities_of,
    provinces,
)

Asked = Request[Any, Any, Any]
COMPANY_FIELDS = CompanyDetails.__struct_fields__
CONTACT_FIELDS = ContactDetails.__struct_fields__
CODE_FIELDS = ("email_code", "mobile_code")


@get("/join", permission=Access.PUBLIC, include_in_schema=False)
async def company_page(request: Asked) -> Response[str]:
    """Step 1: the company."""
    return _company(request, None, msgspec.structs.asdict(_draft(request)))


@post("/join", permission=Access.PUBLIC, include_in_schema=False)
async def company_step(request: Asked) -> Response[Any]:
    """Check the company's details, keep them in the draft and continue with step 2."""
    given = await typed(request, *COMPANY_FIELDS)
    try:
        checked = check_company(CompanyDetails(**given), actor_of(request).language)
    except DomainError as error:
        return _company(request, error, given)
    return _go_on(request, "/join/contact", msgspec.structs.replace(_draft(request), **msgspec.structs.asdict(checked)))


@get("/join/contact", permission=Access.PUBLIC, include_in_schema=False)
async def contact_page(request: Asked) -> Response[Any]:
    """Step 2: the contact."""
    draft = _draft(request)
    if not draft.company_done:
        return see_other(request, "/join")
    return _contact(request, None, msgspec.structs.asdict(draft))


@post("/join/contact", permission=Access.PUBLIC, include_in_schema=False)
async def contact_step(request: Asked) -> Response[Any]:
    """Check the contact, keep it in the draft and send verification codes."""
    given, draft = await typed(request, *CONTACT_FIELDS), _draft(request)
    if not draft.company_done:
        return see_other(request, "/join")
    try:
        checked = check_contact(ContactDetails(**given), actor_of(request).language)
        await _send_codes(request, checked.email, checked.mobile)
    except DomainError as error:
        return _contact(request, error, given)
    return _go_on(request, "/join/verify", msgspec.structs.replace(draft, **msgspec.structs.asdict(checked)))


@get("/join/verify", permission=Access.PUBLIC, include_in_schema=False)
async def verify_page(request: Asked) -> Response[Any]:
    """Step 3: the verification codes."""
    if not _draft(request).contact_done:
        return see_other(request, "/join/contact")
    return _verify(request, None)


@post("/join/codes", permission=Access.PUBLIC, include_in_schema=False)
async def send_again(request: Asked) -> Response[Any]:
    """Send new codes to the same addresses."""
    draft = _draft(request)
    if not draft.contact_done:
        return see_other(request, "/join/contact")
    try:
        await _send_codes(request, draft.email, draft.mobile)
    except DomainError as error:
        return _verify(request, error)
    return see_other(request, "/join/verify")


@post("/join/verify", permission=Access.PUBLIC, include_in_schema=False)
async def hand_in(request: Asked) -> Response[Any]:
    """Submit the application and delete the draft."""
    codes, draft = await typed(request, *CODE_FIELDS), _draft(request)
    if not draft.contact_done:
        return see_other(request, "/join/contact")
    application = ApplicationCreate(**msgspec.structs.asdict(draft), **codes)
    try:
        async with public_work(request) as work:
            receipt = await SigningUp(work, _installation(request)).apply(application)
    except DomainError as error:
        return _verify(request, error, **codes)
    response = see_other(request, f"/join/status/{receipt.status_token}")
    response.set_cookie(draft_cookie(None, secure=_secure(request)))
    return response


@get("/join/status/{token:str}", permission=Access.PUBLIC, include_in_schema=False)
async def status_page(request: Asked, token: FromPath[str]) -> Response[str]:
    """The state of an application, for the holder of its status link."""
    async with public_work(request) as work:
        application = await SigningUp(work, _installation(request)).status(token)
    return page(request, "public/join_status.html", application=application, **public_shell(request, "join"))


async def _send_codes(request: Asked, email: str, mobile: str) -> None:
    installation = _installation(request)
    async with public_work(request) as work:
        verification = AddressVerification(work, installation)
        await verification.send_code(CodeRequest(email))
        if installation.sms_offered:
            await verification.send_code(CodeRequest(mobile, "sms"))


def _company(request: Asked, error: DomainError | None, given: dict[str, str]) -> Response[str]:
    speak = speaker(request)
    cities = [(found.code, found.full_name) for province in provinces() for found in cities_of(province.code)]
    return redraw(
        request,
        "public/join_company.html",
        error,
        given=given,
        cities=cities,
        plans=[{"value": plan.code, "label": speak(plan.name), "line": speak(plan.line)} for plan in PLANS.values()],
        **public_shell(request, "join"),
    )


def _contact(request: Asked, error: DomainError | None, given: dict[str, str]) -> Response[str]:
    return redraw(request, "public/join_contact.html", error, given=given, **public_shell(request, "join"))


def _verify(request: Asked, error: DomainError | None, email_code: str = "", mobile_code: str = "") -> Response[str]:
    return redraw(
        request,
        "public/join_verify.html",
        error,
        draft=_draft(request),
        email_code=email_code,
        mobile_code=mobile_code,
        sms_offered=_installation(request).sms_offered,
        **public_shell(request, "join"),
    )


def _go_on(request: Asked, path: str, draft: Draft) -> Response[Any]:
    response = see_other(request, path)
    response.set_cookie(draft_cookie(draft, secure=_secure(request)))
    return response


def _draft(request: Asked) -> Draft:
    return read_draft(request.cookies.get(DRAFT_COOKIE))


def _installation(request: Asked) -> SignUpSettings:
    return SignUpSettings.of(runtime_of(request))


def _secure(request: Asked) -> bool:
    return runtime_of(request).settings.secure_cookies


handlers = [
    company_page,
    company_step,
    contact_page,
    contact_step,
    verify_page,
    send_again,
    hand_in,
    status_page,
]
