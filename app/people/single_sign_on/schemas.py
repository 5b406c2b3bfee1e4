"""What goes in and out of single sign-on."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from app.people.single_sign_on.models import ReportersBy
from app.platform.kernel.input_text import LINE, SECRET, Code, Input

MOST_VERSIONS = 2_147_483_646
"""What the database's integer counts to."""
Domain = Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=253)]
Claim = Annotated[str, LINE, msgspec.Meta(max_length=80)]
Value = Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=200)]
Roles = Annotated[list[Code], msgspec.Meta(max_length=20)]


class ProviderSettings(Input, frozen=True, forbid_unknown_fields=True):
    """Settings of the company's provider. An empty `client_secret` keeps the present one; `version` is 0 where there
    was none. `reporters_by` counts for clients only."""

    issuer: Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=300)]
    oidc_client_id: Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=300)]
    version: Annotated[int, msgspec.Meta(ge=0, le=MOST_VERSIONS)]
    client_secret: Annotated[str, SECRET, msgspec.Meta(max_length=500)] = ""
    email_domains: Annotated[list[Domain], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list)
    role_claim: Claim = ""
    role_mapping: Annotated[dict[Value, Roles], msgspec.Meta(max_length=100)] = msgspec.field(default_factory=dict)
    default_roles: Roles = msgspec.field(default_factory=list)
    reporters_by: ReportersBy = ReportersBy.PIN
    active: bool = True


class ProviderView(msgspec.Struct, frozen=True):
    """The company's provider, without its secret. `sign_in_address` is what its people open, `redirect_uri` what the
    provider is told. `redirect_uri` is the same for everybody."""

    configured: bool
    sign_in_address: str
    redirect_uri: str
    offered_roles: list[str]
    issuer: str = ""
    oidc_client_id: str = ""
    email_domains: list[str] = []
    role_claim: str = ""
    role_mapping: dict[str, list[str]] = {}
    default_roles: list[str] = []
    reporters_by: ReportersBy = ReportersBy.PIN
    active: bool = False
    version: int = 0


class LoginAttempt(msgspec.Struct, frozen=True):
    """What the browser keeps, sealed, while it is at the provider. `place` is the path to redirect to afterwards."""

    tenant_id: UUID
    provider_id: UUID
    state: str
    nonce: str
    verifier: str
    place: str
    begun_at: float


class VerifiedIdentity(msgspec.Struct, frozen=True):
    """What the browser keeps, sealed, between the provider's answer and the person's confirmation. `version` is the
    provider's then, `roles` what its mapping gave."""

    tenant_id: UUID
    provider_id: UUID
    version: int
    subject: str
    name: str
    email: str
    roles: list[str]
    place: str
    verified_at: float


class ProofMethod(StrEnum):
    """How a person confirms before signing in."""

    NOT_NEEDED = "not_needed"
    SIGN_IN = "sign_in"
    """By password: a member who has used one until now."""
    EMAILED_CODE = "emailed_code"
    """By an e-mailed code: a member without a password."""


class ConfirmationView(msgspec.Struct, frozen=True):
    """The confirmation page: as whom somebody would sign in to which company."""

    company: str
    name: str
    email: str
    proof_method: ProofMethod


class Person(msgspec.Struct, frozen=True):
    """A person as the provider's claims describe them. `email` is empty unless it may be believed."""

    subject: str
    name: str
    email: str
    values: frozenset[str]
    """Of the role claim."""
