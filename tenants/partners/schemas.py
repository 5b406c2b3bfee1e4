"""What goes in and out of this area. Times are UTC; cities are six-digit codes of GB/T 2260."""

from datetime import datetime
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import Code, Input, Line, Secret, Text


class CodeRequest(Input, frozen=True, forbid_unknown_fields=True):
    """Ask for a six-digit code. `channel` is `email` or `sms`."""

    address: Line
    channel: Code = "email"


class CodeSent(msgspec.Struct, frozen=True):
    """The same answer whether or not the address is known."""

    expires_in: int
    """Seconds."""


class CompanyDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What a company says about itself: the first step."""

    legal_name: str
    credit_code: str
    city_code: str
    slug: str
    plan: str
    hotline: str = ""
    introduction: str = ""


class ContactDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers for the application: the second step."""

    contact_name: str
    mobile: str
    email: str


class ApplicationCreate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole application. `mobile_code` is needed only where the installation sends SMS."""

    legal_name: Line
    credit_code: Line
    city_code: Code
    slug: Code
    plan: Code
    contact_name: Line
    mobile: Line
    email: Line
    email_code: Secret
    hotline: Line = ""
    introduction: Text = ""
    mobile_code: Secret = ""


class ApplicationReceipt(msgspec.Struct, frozen=True):
    """The applicant's own number, and the token of the page where the application can be followed."""

    number: str
    status_token: str


class ApplicationStatus(msgspec.Struct, frozen=True):
    """What the holder of the status token may see: the applicant's own data and the decision."""

    number: str
    state: str
    legal_name: str
    submitted_at: datetime
    decided_at: datetime | None
    reason: str
    """Why it was rejected; empty otherwise."""


class ApplicationSummary(msgspec.Struct, frozen=True):
    """A line of the reviewers' queue. `resembles_others` asks the reviewer to look closer."""

    id: UUID
    number: str
    state: str
    legal_name: str
    city_code: str
    city: str
    contact_name: str
    plan: str
    submitted_at: datetime
    resembles_others: bool = False


class Resemblance(msgspec.Struct, frozen=True):
    """Another application or a partner with the same credit code, slug or e-mail address."""

    kind: str
    """`application` or `partner`."""
    id: UUID
    label: str
    name: str
    state: str
    same: list[str]
    """Which of `credit_code`, `slug`, `email` are the same."""


class ServingPartner(msgspec.Struct, frozen=True):
    """A partner that serves a city already."""

    id: UUID
    name: str
    star_level: int
    state: str


class TransitionLine(msgspec.Struct, frozen=True):
    """One step in the history."""

    kind: str
    before: str
    after: str
    reason: str
    actor_name: str
    occurred_at: datetime


class ApplicationDetail(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a reviewer decides by."""

    id: UUID
    number: str
    state: str
    legal_name: str
    credit_code: str
    credit_code_valid: bool
    city_code: str
    city: str
    contact_name: str
    mobile: str
    mobile_verified: bool
    email: str
    slug: str
    slug_free: bool
    plan: str
    hotline: str
    introduction: str
    language: str
    submitted_at: datetime
    decided_at: datetime | None
    decision_reason: str
    partner_id: UUID | None
    version: int
    resemblances: list[Resemblance]
    served_by: list[ServingPartner]
    history: list[TransitionLine]


class ApplicationApproval(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An approval. `slug` replaces the applicant's wish where that is taken; `begin_as` is `trial` or `active`."""

    version: int
    star_level: int
    territory: list[Code]
    authorisations: list[Code]
    begin_as: Code = "trial"
    slug: Code = ""
    reason: Text = ""


class ApplicationRejection(Input, frozen=True, forbid_unknown_fields=True):
    """A rejection; the applicant reads the reason."""

    version: int
    reason: Text


class PartnerSummary(msgspec.Struct, frozen=True):
    """A line of headquarters' list of partners."""

    id: UUID
    slug: str
    name: str
    state: str
    star_level: int
    city_code: str
    city: str
    authorised_at: datetime


class PartnerDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One partner as headquarters sees it."""

    id: UUID
    slug: str
    name: str
    credit_code: str
    state: str
    star_level: int
    city_code: str
    city: str
    hotline: str
    introduction: str
    territory: list[str]
    authorisations: list[str]
    authorised_at: datetime
    erase_after: datetime | None
    """When the retention of a terminated partner ends, UTC."""
    version: int
    history: list[TransitionLine]


class PartnerUpdate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the directory tells about a partner; absent fields stay."""

    version: int
    hotline: Line | None = None
    introduction: Text | None = None


class CompanyProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What a partner tells its people, its clients and their employees about itself, and its house rules.

    `name` and `slug` are headquarters' to change. `auto_close_days` are the working days after which a resolved ticket
    that nobody answers closes itself.
    """

    name: str
    slug: str
    hotline: str
    city_code: str
    city: str
    time_zone: str
    auto_close_days: int
    version: int


class CompanyProfileUpdate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the owner changes; absent fields stay. `version` is the one that was read."""

    version: int
    hotline: Line | None = None
    city_code: Code | None = None
    time_zone: Code | None = None
    auto_close_days: int | None = None


class PartnerGrading(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Star level, territory and authorisations; absent fields stay. The reason goes into the history."""

    version: int
    reason: Text
    star_level: int | None = None
    territory: list[Code] | None = None
    authorisations: list[Code] | None = None


class PartnerStep(Input, frozen=True, forbid_unknown_fields=True):
    """Activate, suspend, reactivate or reinstate, and why."""

    version: int
    reason: Text


class PartnerTermination(Input, frozen=True, forbid_unknown_fields=True):
    """Terminate, and why; `retention_days` (30 to 3650) is the installation's where it is absent."""

    version: int
    reason: Text
    retention_days: int | None = None


class DirectoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What anybody may know about a partner."""

    slug: str
    name: str
    star_level: int
    city_code: str
    city: str
    hotline: str
    introduction: str
    territory: list[str]
    categories: list[str]
