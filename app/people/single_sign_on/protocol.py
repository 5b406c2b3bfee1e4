"""OpenID Connect with the authorization code flow: where to send a browser, and whom the answer vouches for.

[OpenID Connect Core 1.0 §3.1; RFC 7636 (PKCE); RFC 9207 (issuer in the answer); RFC 9700 (current practice)]
"""

import base64
import hashlib
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from app.people.single_sign_on.safe_http import SafeHttpClient, UnsafeRequestRefused, checked_address

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key that only the provider has: never `none`, never a secret that both sides know."""
LEEWAY_SECONDS: Final = 60
SCOPE: Final = "openid email profile"


class ProviderMetadata(msgspec.Struct, frozen=True):
    """What a provider says of itself under `/.well-known/openid-configuration`, as far as it is needed here."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class ProtocolRefused(RuntimeError):
    """The provider's answer or token is invalid. The message is for the log."""


async def discover(safe_http: SafeHttpClient, issuer: str) -> ProviderMetadata:
    """The provider's own description.

    Raises:
        UnsafeRequestRefused: it is not there, not usable, or speaks for another issuer.
    """
    checked_address(issuer)
    found = await safe_http.json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    try:
        description = msgspec.convert(found, ProviderMetadata)
    except msgspec.ValidationError as error:
        raise UnsafeRequestRefused(f"{issuer}: {error}") from error
    if description.issuer.rstrip("/") != issuer.rstrip("/"):
        raise UnsafeRequestRefused(f"{issuer} speaks for {description.issuer[:200]}")
    for address in (description.authorization_endpoint, description.token_endpoint, description.jwks_uri):
        checked_address(address)
    return description


def authorization_url(
    description: ProviderMetadata, *, oidc_client_id: str, redirect_uri: str, state: str, nonce: str, verifier: str
) -> str:
    """Where the browser goes to have its person recognised."""
    digest = hashlib.sha256(verifier.encode()).digest()
    query = urlencode(
        {
            "response_type": "code",
            "client_id": oidc_client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
    )
    endpoint = description.authorization_endpoint
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"


async def claims_for_code(
    safe_http: SafeHttpClient,
    description: ProviderMetadata,
    *,
    code: str,
    verifier: str,
    nonce: str,
    redirect_uri: str,
    oidc_client_id: str,
    secret: str,
) -> dict[str, Any]:
    """Exchange the code; the claims of the identity token, all checked.

    Raises:
        UnsafeRequestRefused: the provider does not answer as it should.
        ProtocolRefused: it answers with a token that proves nothing.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    basic = None
    if "client_secret_basic" in description.token_endpoint_auth_methods_supported:
        basic = (oidc_client_id, secret)
    else:
        form |= {"client_id": oidc_client_id, "client_secret": secret}
    answer = await safe_http.json(description.token_endpoint, form=form, basic=basic)
    token = answer.get("id_token") if isinstance(answer, dict) else None
    if not isinstance(token, str):
        raise ProtocolRefused("no identity token")
    keys = await safe_http.json(description.jwks_uri)
    return checked_claims(token, keys, issuer=description.issuer, audience=oidc_client_id, nonce=nonce)


def checked_claims(
    token: str, keys: Any, *, issuer: str, audience: str, nonce: str, now: int | None = None
) -> dict[str, Any]:
    """The claims of `token`, if it is the issuer's, meant for us, of this sign-in and of now.

    Raises:
        ProtocolRefused
    """
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    required: dict[str, jwt.ClaimsOption] = {
        "iss": {"essential": True, "value": issuer},
        "sub": {"essential": True},
        "aud": {"essential": True, "value": audience},
        "exp": {"essential": True},
        "iat": {"essential": True},
        "nonce": {"essential": True, "value": nonce},
    }
    try:
        decoded = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)
        jwt.JWTClaimsRegistry(now=now, leeway=LEEWAY_SECONDS, **required).validate(decoded.claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProtocolRefused(f"{type(error).__name__}: {error}"[:300]) from error
    claims: dict[str, Any] = decoded.claims
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != audience:
        raise ProtocolRefused("the token was given to somebody else")
    if not claims["sub"] or len(claims["sub"]) > 255:
        raise ProtocolRefused("no subject")
    return claims
