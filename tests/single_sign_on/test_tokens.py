"""What an identity token must be to prove anything: forged, borrowed and stale ones are refused."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from joserfc.registry import Header

from app.people.single_sign_on.models import IdentityProvider
from app.people.single_sign_on.protocol import ProtocolRefused, checked_claims
from app.people.single_sign_on.services.login_attempts import person_of

NOW = 1_800_000_000
ISSUER = "https://login.example"
OURS = {"iss": ISSUER, "sub": "1", "aud": "yinghuo", "exp": NOW + 300, "iat": NOW, "nonce": "n-1"}
KEY = RSAKey.generate_key(2048, parameters={"kid": "1", "use": "sig"})
OTHER = RSAKey.generate_key(2048, parameters={"kid": "1"})


def signed(claims: Mapping[str, Any], header: Header | None = None, key: Any = KEY) -> str:
    return jwt.encode(header or {"alg": "RS256", "kid": "1"}, dict(claims), key, algorithms=["RS256", "HS256"])


def _encoded(part: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def checked(token: str) -> dict[str, Any]:
    keys = KeySet([KEY]).as_dict(private=False)
    return checked_claims(token, keys, issuer=ISSUER, audience="yinghuo", nonce="n-1", now=NOW)


def test_our_own_token_is_believed() -> None:
    assert checked(signed(OURS))["sub"] == "1"
    assert checked(signed({**OURS, "aud": ["yinghuo", "other"], "azp": "yinghuo"}))["sub"] == "1"


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"aud": ["yinghuo", "other"]},
        {"azp": "other"},
        {"nonce": "n-2"},
        {"exp": NOW - 120},
        {"iat": NOW + 3600},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
        {"exp": "soon"},
        *({name: None} for name in OURS),
    ],
)
def test_another_s_yesterday_s_or_nobody_s_token_proves_nothing(change: dict[str, Any]) -> None:
    claims = {name: value for name, value in {**OURS, **change}.items() if value is not None}
    with pytest.raises(ProtocolRefused):
        checked(signed(claims))


def test_a_signature_that_is_none_or_another_s_proves_nothing() -> None:
    for token in (
        signed(OURS, key=OTHER),
        f"{_encoded({'alg': 'none'})}.{_encoded(OURS)}.",
        signed(OURS, {"alg": "HS256", "kid": "1"}, OctKey.generate_key(256)),
        signed(OURS).rsplit(".", 1)[0] + ".",
        "not a token",
        "",
    ):
        with pytest.raises(ProtocolRefused):
            checked(token)


@pytest.mark.parametrize("keys", [{}, {"keys": []}, {"keys": "x"}, [], None, {"keys": [{"kty": "oct", "k": "A" * 43}]}])
def test_keys_that_are_none_open_nothing(keys: Any) -> None:
    with pytest.raises(ProtocolRefused):
        checked_claims(signed(OURS), keys, issuer=ISSUER, audience="yinghuo", nonce="n-1", now=NOW)


@pytest.mark.parametrize(
    ("claims", "domains", "email"),
    [
        ({"email": "Li@Firm.example", "email_verified": True}, [], "li@firm.example"),
        ({"email": "li@firm.example"}, [], ""),
        ({"email": "li@firm.example", "email_verified": False}, ["firm.example"], ""),
        ({"email": "li@firm.example"}, ["firm.example"], "li@firm.example"),
        ({"email": "li@evil.example", "email_verified": True}, ["firm.example"], ""),
        ({"email": "li@firm.example.evil.example", "email_verified": True}, ["firm.example"], ""),
        ({"email": ["li@firm.example"], "email_verified": True}, [], ""),
        ({"email": "no address", "email_verified": True}, [], ""),
        ({}, [], ""),
    ],
)
def test_an_address_is_believed_if_the_company_vouches_for_it(
    claims: dict[str, Any], domains: list[str], email: str
) -> None:
    provider = IdentityProvider(email_domains=domains, role_claim="groups")
    person = person_of({"sub": "1", "groups": ["a", 7, {}], **claims}, provider)
    assert (person.email, person.values) == (email, frozenset({"a"}))
