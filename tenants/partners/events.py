"""Events of partners."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class ApplicationApproved(Event, frozen=True, kw_only=True):
    """In headquarters' tenant: the partner's tenant is to be provisioned, beginning in state `begin_as`."""

    topic: ClassVar[str] = "application.approved"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    application_id: UUID
    partner_id: UUID
    begin_as: str


class PartnerProvisioned(Event, frozen=True, kw_only=True):
    """In the new tenant: it stands. Areas above seed their defaults (categories, calendars, policies)."""

    topic: ClassVar[str] = "partner.provisioned"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    partner_id: UUID


class ProfileChanged(Event, frozen=True, kw_only=True):
    """In the partner's tenant: its owner changed the profile; headquarters' listing follows."""

    topic: ClassVar[str] = "tenant.profile_changed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    partner_id: UUID


class ListingChanged(Event, frozen=True, kw_only=True):
    """In headquarters' tenant: the listing's hot-line was changed there; the partner's profile follows."""

    topic: ClassVar[str] = "partner.listing_changed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    partner_id: UUID


class PartnerStateChanged(Event, frozen=True, kw_only=True):
    """In headquarters' tenant: a partner was activated, suspended, reactivated, terminated or reinstated."""

    topic: ClassVar[str] = "partner.state_changed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    partner_id: UUID
    step: str
    state: str
