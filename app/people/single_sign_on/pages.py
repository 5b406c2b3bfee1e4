"""Pages: the provider's settings in the workspace and the client portal, and signing in by it."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from app.people.identity import SecondFactorNeeded, SecondFactorRefused, own_path, role_names
from app.people.identity.web_interface import set_cookie, sign_in_context_of
from app.people.single_sign_on.dependencies import callbacks_of, login_attempts_of, providers_of
from app.people.single_sign_on.errors import LinkCodeRefused, MappingInvalid, SignOnRefused
from app.people.single_sign_on.models import ReportersBy
from app.people.single_sign_on.schemas import ProviderSettings, ProviderView
from app.people.single_sign_on.services.callback import CONFIRMATION_SECONDS
from app.people.single_sign_on.services.providers import CALLBACK
from app.platform.http.authentication import SESSION_COOKIE, actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import layout_of, see_other, translator_of
from rbac import Access, Permission
from rbac.roles import load_available_roles

NextPath = Annotated[str, QueryParameter(name="next", max_length=500)]
"""Path to redirect to after signing in."""
LOGIN_ATTEMPT_COOKIE: Final = "yinghuo_login_attempt"
CONFIRMATION_COOKIE: Final = "yinghuo_confirmation"
CONFIRM_PAGE: Final = "/single-sign-on/confirm"
LONGEST_PASSWORD: Final = 200
LONGEST_CODE: Final = 40
_PORTALS: Final = {ActorKind.PROVIDER: "/workspace/single-sign-on", ActorKind.CLIENT: "/portal/single-sign-on"}
REPORTERS: Final = {
    ReportersBy.PIN: N_("设备编号和密码"),
    ReportersBy.BOTH: N_("设备编号和密码，或公司账号"),
    ReportersBy.PROVIDER: N_("只用公司账号"),
}
_ANSWER: Final = ("code", "state", "iss", "error")


@get([*_PORTALS.values()], permission=Permission.IDENTITY_PROVIDER_WRITE, include_in_schema=False)
async def provider_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """What is set up, and the form."""
    return await _form(request, work)


@post([*_PORTALS.values()], permission=Permission.IDENTITY_PROVIDER_WRITE, include_in_schema=False)
async def write_provider(request: WebRequest) -> Response[Any]:
    """Set it up, change or remove it, by the button that was pressed."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        providers = providers_of(request, work)
        if form["action"] == "remove":
            await providers.remove(form.whole_number("version"))
        else:
            names = role_names(await load_available_roles(work))
            await providers.write(_read(form, names, translator_of(request)))
        return f"{_PORTALS[actor_of(request).kind]}?done=yes"

    return await submit(request, act, partial(_form, request))


@get("/company-sign-in/{tenant:str}", permission=Access.PUBLIC, include_in_schema=False)
async def redirect_to_company_provider(
    request: WebRequest, tenant: FromPath[str], wanted: NextPath = ""
) -> Response[Any]:
    """Redirect to a partner's provider."""
    return await _redirect_to_provider(request, tenant, "", wanted)


@get("/company-sign-in/{tenant:str}/{client:str}", permission=Access.PUBLIC, include_in_schema=False)
async def redirect_to_client_provider(
    request: WebRequest,
    tenant: FromPath[str],
    client: FromPath[str],
    wanted: NextPath = "",
) -> Response[Any]:
    """Redirect to a client's provider."""
    return await _redirect_to_provider(request, tenant, client, wanted)


async def _redirect_to_provider(request: WebRequest, tenant: str, client: str, wanted: str) -> Response[Any]:
    """Redirect to the provider; the browser keeps the sealed login attempt, with which the answer is compared."""
    try:
        address, login_attempt = await login_attempts_of(request).begin(
            tenant, client, own_path(wanted) or "", origin_of(request)
        )
    except DomainError as error:
        return _refused(request, error)
    response: Response[Any] = Response(None, status_code=303, headers={"location": address})
    set_cookie(request, response, LOGIN_ATTEMPT_COOKIE, login_attempt, CONFIRMATION_SECONDS, path=CALLBACK)
    return response


@get(CALLBACK, permission=Access.PUBLIC, include_in_schema=False)
async def receive_callback(request: WebRequest) -> Response[Any]:
    """Back from the provider. Any page can send a browser here: nothing happens before the person agrees."""
    answer = {name: value for name in _ANSWER if (value := request.query_params.get(name))}
    try:
        identity = await login_attempts_of(request).complete(
            request.cookies.get(LOGIN_ATTEMPT_COOKIE, ""), answer, origin_of(request)
        )
    except DomainError as error:
        return _refused(request, error)
    response = see_other(request, CONFIRM_PAGE)
    set_cookie(request, response, LOGIN_ATTEMPT_COOKIE, "", 0, path=CALLBACK)
    set_cookie(request, response, CONFIRMATION_COOKIE, identity, CONFIRMATION_SECONDS, path=CONFIRM_PAGE)
    return response


@get(CONFIRM_PAGE, permission=Access.PUBLIC, include_in_schema=False)
async def confirm_page(request: WebRequest) -> Response[Any]:
    """The confirmation: as whom the person signs in to which company, and whose session ends by it."""
    return await _confirmation_page(request, None)


@post(CONFIRM_PAGE, permission=Access.PUBLIC, own_session=True, status_code=200, include_in_schema=False)
async def confirm(request: WebRequest) -> Response[Any]:
    """Sign in, or have a code mailed, by the button that was pressed."""
    identity = request.cookies.get(CONFIRMATION_COOKIE, "")

    async def act(_: UnitOfWork, form: FormValues) -> Response[Any]:
        if form["action"] == "emailed_code":
            await callbacks_of(request).send_code(identity, origin_of(request))
            return await _confirmation_page(request, None, sent=True)
        signed_in = await callbacks_of(request).enter(
            identity,
            sign_in_context_of(request),
            password=form["password"][:LONGEST_PASSWORD],
            code=form["code"][:LONGEST_CODE],
            replaced=actor_of(request).session_id,
        )
        response = see_other(request, signed_in.home)
        set_cookie(request, response, SESSION_COOKIE, signed_in.session.token, signed_in.session.expires_in)
        set_cookie(request, response, CONFIRMATION_COOKIE, "", 0, path=CONFIRM_PAGE)
        return response

    async def show_again(_: UnitOfWork, __: FormValues, error: DomainError) -> Response[Any]:
        if isinstance(error, SignOnRefused):
            return _refused(request, error)
        return await _confirmation_page(request, error, sent=isinstance(error, LinkCodeRefused))

    return await submit(request, act, show_again)


async def _confirmation_page(request: WebRequest, error: DomainError | None, *, sent: bool = False) -> Response[Any]:
    try:
        confirmation = await callbacks_of(request).preview(
            request.cookies.get(CONFIRMATION_COOKIE, ""), origin_of(request)
        )
    except DomainError as refusal:
        return _refused(request, refusal)
    return render_form(
        request,
        "single_sign_on/confirm.html",
        error,
        confirmation=confirmation,
        sent=sent,
        code_asked=isinstance(error, SecondFactorNeeded | SecondFactorRefused),
    )


def _refused(request: WebRequest, error: DomainError) -> Response[Any]:
    response = render_form(request, "single_sign_on/refused.html", error)
    set_cookie(request, response, LOGIN_ATTEMPT_COOKIE, "", 0, path=CALLBACK)
    set_cookie(request, response, CONFIRMATION_COOKIE, "", 0, path=CONFIRM_PAGE)
    return response


def _values_of(provider: ProviderView, names: Mapping[str, str]) -> FormValues:
    lines = [
        f"{value} = {'、'.join(names.get(role, role) for role in roles)}"
        for value, roles in provider.role_mapping.items()
    ]
    return FormValues.of(
        provider,
        email_domains=" ".join(provider.email_domains),
        role_mapping="\n".join(lines),
        active=provider.active or not provider.configured,
    )


def _read(form: FormValues, names: Mapping[str, str], translate: Any) -> ProviderSettings:
    """
    Raises:
        MappingInvalid: naming the fields.
    """
    problems = {}
    if not form["issuer"].strip():
        problems["issuer"] = N_("请填写地址。")
    if not form["oidc_client_id"].strip():
        problems["oidc_client_id"] = N_("请填写客户端编号。")
    mapping: dict[str, list[str]] = {}
    codes = {**{code: code for code in names}, **{translate(name): code for code, name in names.items()}}
    for line in filter(None, (line.strip() for line in form["role_mapping"].splitlines())):
        value, equals, roles = line.replace("＝", "=").partition("=")
        meant = [codes.get(role.strip()) for role in roles.replace("，", ",").replace("、", ",").split(",")]
        if not equals or not value.strip() or None in meant:
            problems["role_mapping"] = N_("每行写一个：组的值 = 角色，角色。")
            break
        mapping[value.strip()] = [role for role in meant if role]
    if problems:
        raise MappingInvalid(fields=problems)
    try:
        return msgspec.convert(
            {
                "issuer": form["issuer"].strip(),
                "oidc_client_id": form["oidc_client_id"].strip(),
                "client_secret": form["client_secret"],
                "email_domains": form["email_domains"].replace(",", " ").replace("，", " ").split(),
                "role_claim": form["role_claim"].strip(),
                "role_mapping": mapping,
                "default_roles": form.checked("default_roles"),
                "reporters_by": form["reporters_by"] or ReportersBy.PIN.value,
                "active": bool(form["active"]),
                "version": form.whole_number("version"),
            },
            ProviderSettings,
        )
    except msgspec.ValidationError as error:
        raise Invalid from error


async def _form(
    request: WebRequest, work: UnitOfWork, values: FormValues | None = None, error: DomainError | None = None
) -> Response[Any]:
    actor, translate, provider = actor_of(request), translator_of(request), await providers_of(request, work).show()
    names = {code: translate(name) for code, name in role_names(await load_available_roles(work)).items()}
    return render_form(
        request,
        "single_sign_on/provider.html",
        error,
        layout=layout_of(actor),
        base=_PORTALS[actor.kind],
        provider=provider,
        values=(values or FormValues()).over(_values_of(provider, names)),
        names=names,
        reporters=[(way.value, translate(words)) for way, words in REPORTERS.items()] if actor.client_id else [],
        saved=error is None and request.query_params.get("done") == "yes",
    )


handlers = handlers_of(__name__)
