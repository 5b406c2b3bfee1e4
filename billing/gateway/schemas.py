"""What is shown of the company's account at the payment provider, and what the provider tells."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.platform.kernel.input_text import LINE, Input, Label
from app.platform.kernel.texts import N_
from billing.gateway.models import EMAIL_LENGTH
from billing.gateway.port import ObjectKind
from billing.gateway.states import ConnectionState


class ConnectionView(msgspec.Struct, frozen=True):
    """The company's account."""

    id: UUID
    state: ConnectionState
    account_id: str
    email: str
    payouts_enabled: bool
    currency: str
    missing: tuple[str, ...]
    created_at: datetime
    version: int


class ConnectionOpen(Input, frozen=True, forbid_unknown_fields=True):
    """Begin to take payments online."""

    email: Annotated[str, LINE, Meta(min_length=3, max_length=EMAIL_LENGTH), Label(N_("支付平台的联系邮箱"))]


class ConnectionVersion(Input, frozen=True, forbid_unknown_fields=True):
    """Which version of the account was seen."""

    version: int


class OnboardingLink(msgspec.Struct, frozen=True):
    """Where the company tells the provider who it is; for a few minutes."""

    url: str


class HeardEvent(msgspec.Struct, frozen=True):
    """The answer to the provider's news: whether they are about somebody here."""

    kept: bool


class ToldEvent(msgspec.Struct, frozen=True):
    """That something has changed, signed by the provider."""

    id: str
    account: str
    type: str
    kind: ObjectKind
    object_id: str
