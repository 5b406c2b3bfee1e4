"""The second factor as JSON, under /api/v1: one's own, and taking away a colleague's lost one."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody

from app.people.identity.api import identity_dependencies
from app.people.identity.schemas import (
    RecoveryCodes,
    SecondFactorConfirmed,
    SecondFactorProof,
    SecondFactorSetup,
    SecondFactorState,
    SessionRenewed,
)
from app.people.identity.services.member_second_factor import MemberSecondFactors
from app.people.identity.services.second_factor import SecondFactors
from app.people.identity.services.sign_in import account_of
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from rbac import Access, Permission


def second_factors_of(request: WebRequest) -> SecondFactors:
    return SecondFactors(runtime_of(request).units_of_work, identity_dependencies(request))


@get("/account/second-factor", permission=Access.SIGNED_IN, before_second_factor=True, tags=["account"])
async def own_second_factor(request: WebRequest) -> SecondFactorState:
    """Whether a code is asked for at sign-in."""
    actor = actor_of(request)
    return await second_factors_of(request).state(actor, account_of(actor))


@post(
    "/account/second-factor",
    permission=Access.SIGNED_IN,
    own_session=True,
    before_second_factor=True,
    tags=["account"],
)
async def begin_second_factor(request: WebRequest) -> SecondFactorSetup:
    """A seed for the authenticator app; nothing is asked for before its first code has been confirmed."""
    return await second_factors_of(request).begin(account_of(actor_of(request)))


@post(
    "/account/second-factor/confirm",
    permission=Access.SIGNED_IN,
    own_session=True,
    before_second_factor=True,
    status_code=200,
    tags=["account"],
)
async def confirm_second_factor(request: WebRequest, data: JSONBody[SecondFactorProof]) -> SecondFactorConfirmed:
    """The app's first code: from now on one is asked for. Every other session of the account ends, and this one goes on
    under the token of the answer."""
    actor = actor_of(request)
    codes, renewed = await second_factors_of(request).confirm(
        actor, account_of(actor), data.password, data.code, origin_of(request)
    )
    return SecondFactorConfirmed(codes, SessionRenewed(renewed.token, renewed.expires_in))


@post(
    "/account/second-factor/recovery-codes",
    permission=Access.SIGNED_IN,
    own_session=True,
    status_code=200,
    tags=["account"],
)
async def renew_recovery_codes(request: WebRequest, data: JSONBody[SecondFactorProof]) -> RecoveryCodes:
    """New recovery codes; the old ones are void."""
    actor = actor_of(request)
    codes = await second_factors_of(request).renew_recovery_codes(
        actor, account_of(actor), data.password, data.code, origin_of(request)
    )
    return RecoveryCodes(codes)


@post("/account/second-factor/remove", permission=Access.SIGNED_IN, own_session=True, status_code=200, tags=["account"])
async def remove_second_factor(request: WebRequest, data: JSONBody[SecondFactorProof]) -> SessionRenewed:
    """Ask for no code any more, where the account's rights do not insist on one. Every other session of the account
    ends, and this one goes on under the token of the answer."""
    actor = actor_of(request)
    renewed = await second_factors_of(request).remove(
        actor, account_of(actor), data.password, data.code, origin_of(request)
    )
    return SessionRenewed(renewed.token, renewed.expires_in)


@post(
    "/members/{membership_id:uuid}/second-factor/reset",
    permission=Permission.MEMBER_WRITE,
    status_code=204,
    tags=["members"],
)
async def reset_member_second_factor(request: WebRequest, work: RequestWork, membership_id: FromPath[UUID]) -> None:
    """Take away the lost second factor of somebody who belongs to this company alone."""
    await MemberSecondFactors(work, second_factors_of(request), identity_dependencies(request)).reset(membership_id)


handlers = handlers_of(__name__)
