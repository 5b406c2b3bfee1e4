"""Pages: the provider's settings in the workspace and the client portal, and signing in by it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter

from app.http.authentication import SESSION_COOKIE, actor_of
from app.http.requests import origin_of
from app.http.work import RequestWork, runtime_of
from app.identity.api import attempt_of
from app.identity.destinations import own_path
from app.identity.errors import SecondFactorNeeded, SecondFactorRefused
from app.identity.forms import keep_cookie
from app.identity.granting import names_in
from app.kernel.actor import ActorKind
from app.kernel.errors import DomainError, Invalid
from app.kernel.texts import N_
from app.kernel.work import UnitOfWork
from app.single_sign_on.errors import LinkCodeRefused, MappingInvalid, SignOnRefused
from app.single_sign_on.models import ReportersBy
from app.single_sign_on.parts import arrivals_of, journeys_of, providers_of
from app.single_sign_on.schemas import Provider, ProviderSettings
from app.single_sign_on.services.arrivals import PATIENCE_SECONDS
from app.single_sign_on.services.providers import CALLBACK
from app.web.forms import TypedForm, redraw, typed_form
from app.web.pages import layout_of, see_other, speaker
from rbac import Access, Permission
from rbac.roles import role_book

Asked = Request[Any, Any, Any]
Wanted = Annotated[str, QueryParameter(name="next", max_length=500)]
"""Path to redirect to after signing in."""
JOURNEY_COOKIE: Final = "yinghuo_journey"
ARRIVAL_COOKIE: Final = "yinghuo_arrival"
ARRIVE: Final = "/single-sign-on/arrive"
LONGEST_PASSWORD: Final = 200
LONGEST_CODE: Final = 40
_FACES: Final = {ActorKind.PROVIDER: "/workspace/single-sign-on", ActorKind.CLIENT: "/portal/single-sign-on"}
REPORTERS: Final = {
    ReportersBy.PIN: N_("设备编号和密码"),
    ReportersBy.BOTH: N_("设备编号和密码，或公司账号"),
    ReportersBy.PROVIDER: N_("只用公司账号"),
}
_ANSWER: Final = ("code", "state", "iss", "error")


@get([*_FACES.values()], permission=Permission.IDENTITY_PROVIDER_WRITE, include_in_schema=False)
async def provider_page(request: Asked, work: RequestWork) -> Response[Any]:
    """What is set up, and the form."""
    provider = await providers_of(request, work).show()
    return await _form(request, work, provider, _typed_of(provider))


@post([*_FACES.values()], permission=Permission.IDENTITY_PROVIDER_WRITE, include_in_schema=False)
async def write_provider(request: Asked) -> Response[Any]:
    """Set it up, change or remove it, by the button that was pressed."""
    form = await typed_form(request)
    works, actor, origin = runtime_of(request).works, actor_of(request), origin_of(request)
    try:
        async with works.begin(actor, origin) as work:
            names = names_in(await role_book(work))
        async with works.begin(actor, origin) as work:
            providers = providers_of(request, work)
            if form["action"] == "remove":
                await providers.remove(_version(form))
            else:
                await providers.write(_read(form, names, speaker(request)))
    except DomainError as error:
        async with works.begin(actor, origin) as work:
            provider = await providers_of(request, work).show()
            return await _form(request, work, provider, {**_typed_of(provider), **form.shown()}, error)
    return see_other(request, f"{_FACES[actor.kind]}?done=yes")


@get("/company-sign-in/{tenant:str}", permission=Access.PUBLIC, include_in_schema=False)
async def leave_for_company(request: Asked, tenant: FromPath[str], wanted: Wanted = "") -> Response[Any]:
    """Redirect to a partner's provider."""
    return await _leave(request, tenant, "", wanted)


@get("/company-sign-in/{tenant:str}/{client:str}", permission=Access.PUBLIC, include_in_schema=False)
async def leave_for_client(
    request: Asked,
    tenant: FromPath[str],
    client: FromPath[str],
    wanted: Wanted = "",
) -> Response[Any]:
    """Redirect to a client's provider."""
    return await _leave(request, tenant, client, wanted)


async def _leave(request: Asked, tenant: str, client: str, wanted: str) -> Response[Any]:
    """Redirect to the provider; the browser keeps the sealed login attempt, with which the answer is compared."""
    try:
        address, journey = await journeys_of(request).begin(tenant, client, own_path(wanted) or "", origin_of(request))
    except DomainError as error:
        return _refused(request, error)
    response: Response[Any] = Response(None, status_code=303, headers={"location": address})
    keep_cookie(request, response, JOURNEY_COOKIE, journey, PATIENCE_SECONDS, path=CALLBACK)
    return response


@get(CALLBACK, permission=Access.PUBLIC, include_in_schema=False)
async def come_back(request: Asked) -> Response[Any]:
    """Back from the provider. Any page can send a browser here: nothing happens before the person agrees."""
    answer = {name: value for name in _ANSWER if (value := request.query_params.get(name))}
    try:
        vouched = await journeys_of(request).returned(
            request.cookies.get(JOURNEY_COOKIE, ""), answer, origin_of(request)
        )
    except DomainError as error:
        return _refused(request, error)
    response = see_other(request, ARRIVE)
    keep_cookie(request, response, JOURNEY_COOKIE, "", 0, path=CALLBACK)
    keep_cookie(request, response, ARRIVAL_COOKIE, vouched, PATIENCE_SECONDS, path=ARRIVE)
    return response


@get(ARRIVE, permission=Access.PUBLIC, include_in_schema=False)
async def arrival_page(request: Asked) -> Response[Any]:
    """The confirmation: as whom the person signs in to which company, and whose session ends by it."""
    return await _arrival(request, None)


@post(ARRIVE, permission=Access.PUBLIC, own_session=True, status_code=200, include_in_schema=False)
async def arrive(request: Asked) -> Response[Any]:
    """Sign in, or have a code mailed, by the button that was pressed."""
    form, vouched = await typed_form(request), request.cookies.get(ARRIVAL_COOKIE, "")
    try:
        if form["action"] == "letter":
            await arrivals_of(request).send_code(vouched, origin_of(request))
            return await _arrival(request, None, sent=True)
        arrival = await arrivals_of(request).enter(
            vouched,
            attempt_of(request),
            password=form["password"][:LONGEST_PASSWORD],
            code=form["code"][:LONGEST_CODE],
            replaced=actor_of(request).session_id,
        )
    except SignOnRefused as error:
        return _refused(request, error)
    except DomainError as error:
        return await _arrival(request, error, sent=isinstance(error, LinkCodeRefused))
    response = see_other(request, arrival.home)
    keep_cookie(request, response, SESSION_COOKIE, arrival.session.token, arrival.session.expires_in)
    keep_cookie(request, response, ARRIVAL_COOKIE, "", 0, path=ARRIVE)
    return response


async def _arrival(request: Asked, error: DomainError | None, *, sent: bool = False) -> Response[Any]:
    try:
        welcome = await arrivals_of(request).look(request.cookies.get(ARRIVAL_COOKIE, ""), origin_of(request))
    except DomainError as refusal:
        return _refused(request, refusal)
    return redraw(
        request,
        "single_sign_on/arrive.html",
        error,
        welcome=welcome,
        sent=sent,
        code_asked=isinstance(error, SecondFactorNeeded | SecondFactorRefused),
    )


def _refused(request: Asked, error: DomainError) -> Response[Any]:
    response = redraw(request, "single_sign_on/refused.html", error)
    keep_cookie(request, response, JOURNEY_COOKIE, "", 0, path=CALLBACK)
    keep_cookie(request, response, ARRIVAL_COOKIE, "", 0, path=ARRIVE)
    return response


def _version(form: TypedForm) -> int:
    return int(form["version"]) if form["version"].isascii() and form["version"].isdigit() else 0


def _typed_of(provider: Provider) -> dict[str, str]:
    return {
        "issuer": provider.issuer,
        "oidc_client_id": provider.oidc_client_id,
        "email_domains": " ".join(provider.email_domains),
        "role_claim": provider.role_claim,
        "role_mapping": "",
        "reporters_by": provider.reporters_by.value,
        "active": "yes" if provider.active or not provider.configured else "",
        "version": str(provider.version),
    }


def _read(form: TypedForm, names: Mapping[str, str], translate: Any) -> ProviderSettings:
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
                "default_roles": form.ticked("default_roles"),
                "reporters_by": form["reporters_by"] or ReportersBy.PIN.value,
                "active": bool(form["active"]),
                "version": _version(form),
            },
            ProviderSettings,
        )
    except msgspec.ValidationError as error:
        raise Invalid from error


async def _form(
    request: Asked, work: UnitOfWork, provider: Provider, typed: dict[str, str], error: DomainError | None = None
) -> Response[Any]:
    actor, translate = actor_of(request), speaker(request)
    names = {code: translate(name) for code, name in names_in(await role_book(work)).items()}
    lines: Sequence[str] = [
        f"{value} = {'、'.join(names.get(role, role) for role in roles)}"
        for value, roles in provider.role_mapping.items()
    ]
    return redraw(
        request,
        "single_sign_on/provider.html",
        error,
        layout=layout_of(actor),
        base=_FACES[actor.kind],
        provider=provider,
        typed={**typed, "role_mapping": typed["role_mapping"] or "\n".join(lines)},
        names=names,
        reporters=[(way.value, translate(words)) for way, words in REPORTERS.items()] if actor.client_id else [],
        saved=error is None and request.query_params.get("done") == "yes",
    )


handlers = [provider_page, write_provider, leave_for_company, leave_for_client, come_back, arrival_page, arrive]
