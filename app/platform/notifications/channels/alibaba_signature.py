"""Alibaba Cloud's request signature, version 3.

Source: "Request syntax and signature method V3", Alibaba Cloud SDK documentation.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

ALGORITHM: Final = "ACS3-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class AccessKey:
    """One key pair of an account."""

    identifier: str
    secret: str = field(repr=False)


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Sorted and encoded as RFC 3986 says; the request must be sent with exactly this text."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(parameters.items()))


def authorization(
    key: AccessKey, *, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes = b""
) -> str:
    """The value of the Authorization header over `headers`, whose names are lower case.

    `headers` must hold `host`, every `x-acs-` header, and `content-type` where one is sent.
    """
    signed = sorted(headers)
    canonical_headers = "".join(f"{name}:{headers[name].strip()}\n" for name in signed)
    names = ";".join(signed)
    hashed_body = hashlib.sha256(body).hexdigest()
    canonical_request = f"{method}\n{path}\n{query}\n{canonical_headers}\n{names}\n{hashed_body}"
    text = f"{ALGORITHM}\n{hashlib.sha256(canonical_request.encode()).hexdigest()}"
    signature = hmac.new(key.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key.identifier},SignedHeaders={names},Signature={signature}"
