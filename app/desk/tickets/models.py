"""Tickets with their timeline, notes, visits, service reports and data-handling records (T1–T8)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.desk.tickets.lifecycle import OPEN_STATES
from app.platform.documents.models import DocumentEdition
from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    ReporterRing,
    TenantModel,
    client_foreign_key,
    client_unique,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)

NUMBER_PREFIX = "FW"
"""服务: the first letters of every ticket's number."""

OPEN = f"state::text IN ({', '.join(repr(str(state)) for state in sorted(OPEN_STATES))})"
"""Condition of the queue's partial index: open tickets stay few, however many there ever were."""


class Ticket(ReporterRing, TenantModel):
    """One request or incident, from report to closure. States and moves stand in `app.desk.tickets.lifecycle`."""

    __tablename__ = "ticket"
    __isolation__ = Isolation.REPORTER
    __table_args__ = (
        client_unique("ticket"),
        tenant_unique("ticket", "number"),
        tenant_unique("ticket", "follow_token"),
        tenant_index("ticket", "reported_at", "id"),
        tenant_index("ticket", "due_at", "id", postgresql_where=text(OPEN)),
        tenant_index("ticket", "state", "reported_at", "id"),
        tenant_index("ticket", "client_id", "reported_at", "id"),
        tenant_index("ticket", "client_id", "state", "reported_at"),
        tenant_index("ticket", "device_id", "reported_at"),
        tenant_index("ticket", "reporter_id", "reported_at"),
        tenant_index("ticket", "engineer_id", "state"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("reporter", "reporter_id"),
        client_foreign_key("device", "device_id"),
        client_foreign_key("site", "site_id"),
        client_foreign_key("department", "department_id"),
        tenant_foreign_key("engineer", "engineer_id"),
    )

    number: Mapped[str] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(12))
    wait_reason: Mapped[str] = mapped_column(String(12), default="")
    channel: Mapped[str] = mapped_column(String(16))
    symptom: Mapped[str] = mapped_column(String(20), default="")
    """Code of the symptom that the employee chose."""
    subject: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    service_category: Mapped[str] = mapped_column(String(40), default="")
    product_category: Mapped[str] = mapped_column(String(40), default="")
    impact: Mapped[str] = mapped_column(String(8))
    urgency: Mapped[str] = mapped_column(String(8))
    priority: Mapped[str] = mapped_column(String(2))
    vip: Mapped[bool] = mapped_column(default=False)
    device_id: Mapped[UUID | None]
    site_id: Mapped[UUID | None]
    department_id: Mapped[UUID | None]
    contact_name: Mapped[str] = mapped_column(String(60), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    engineer_id: Mapped[UUID | None]
    policy_version_id: Mapped[UUID | None]
    calendar_version_id: Mapped[UUID | None]
    due_at: Mapped[datetime | None]
    """The nearest promised time that still counts; NULL while nothing does."""
    reported_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str] = mapped_column(String(20), default="")
    """How the client's confirmation came: reporter, portal, signature, call_back or silence."""
    reopened: Mapped[int] = mapped_column(SmallInteger, default=0)
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    """1 (bad) to 5 (very good), once the client has said."""
    follow_token: Mapped[str] = mapped_column(String(48))
    """Opens the ticket's public state without a PIN (I4)."""
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class TicketEvent(ReporterRing, TenantModel):
    """One public timeline entry: stages, replies, files. Rows are only added."""

    __tablename__ = "ticket_event"
    __isolation__ = Isolation.REPORTER
    __append_only__ = True
    __table_args__ = (
        tenant_index("ticket_event", "ticket_id", "occurred_at"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
    )

    ticket_id: Mapped[UUID]
    occurred_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    """reported, state, reply, file, rating, report_signed, priority"""
    state: Mapped[str] = mapped_column(String(12), default="")
    actor_kind: Mapped[str] = mapped_column(String(12))
    actor_name: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]]


class TicketNote(ClientRing, TenantModel):
    """An internal line of the timeline: notes, dispatch reasons, declines. Inner rings cannot read this table."""

    __tablename__ = "ticket_note"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_index("ticket_note", "ticket_id", "occurred_at"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
    )

    ticket_id: Mapped[UUID]
    occurred_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    actor_name: Mapped[str] = mapped_column(String(80))
    membership_id: Mapped[UUID | None]
    text: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]]


class Visit(ReporterRing, TenantModel):
    """One piece of work on a ticket by one person. A ticket may have several, one after another or at once.

    An engineer's is planned. Work from the desk, by telephone or remotely, has no plan before it: it names whoever did
    it, engineer or not.
    """

    __tablename__ = "visit"
    __isolation__ = Isolation.REPORTER
    __table_args__ = (
        client_unique("visit"),
        tenant_index("visit", "ticket_id"),
        tenant_index("visit", "engineer_id", "scheduled_start"),
        tenant_index("visit", "engineer_id", "state"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
        client_foreign_key("reporter", "reporter_id"),
        tenant_foreign_key("engineer", "engineer_id"),
        tenant_foreign_key("membership", "performed_by"),
    )

    ticket_id: Mapped[UUID]
    planned: Mapped[bool] = mapped_column(default=True)
    """False for work from the desk, which is written down when it is done."""
    engineer_id: Mapped[UUID | None]
    """The engineer for whom it was planned; NULL for work from the desk, and where a past only tells a name."""
    performed_by: Mapped[UUID | None]
    """The member who worked from the desk; NULL for an engineer's visit, and where a past only tells a name."""
    performed_by_name: Mapped[str] = mapped_column(String(80), default="")
    """That person's name at that time; empty where the engineer is known."""
    mode: Mapped[str] = mapped_column(String(12), default="on_site")
    """on_site, remote or telephone"""
    state: Mapped[str] = mapped_column(String(12))
    """`app.desk.tickets.lifecycle.VisitState`"""
    scheduled_start: Mapped[datetime]
    scheduled_end: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    departed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    work_minutes: Mapped[int | None]
    travel_minutes: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(String(12), default="")
    """resolved or unresolved once it is finished; empty where a past does not say."""
    work_done: Mapped[str] = mapped_column(Text, default="")
    cause: Mapped[str] = mapped_column(Text, default="")
    brought: Mapped[bool] = mapped_column(default=False)
    """Whether it ended in a past that was brought here: what it cost was settled in the former system."""
    version: Mapped[int] = mapped_column(default=1)


class ServiceReport(ReporterRing, DocumentEdition):
    """What was done, signed by the client. A later change makes a new version; a signed version never changes."""

    __tablename__ = "service_report"
    __isolation__ = Isolation.REPORTER
    __table_args__ = (
        client_unique("service_report"),
        tenant_unique("service_report", "visit_id", "edition"),
        tenant_index("service_report", "ticket_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
        client_foreign_key("visit", "visit_id"),
        client_foreign_key("reporter", "reporter_id"),
    )

    ticket_id: Mapped[UUID]
    visit_id: Mapped[UUID]


class DataHandlingRecord(ReporterRing, TenantModel):
    """What somebody at the client said about work on a disk, and what became of a bad one [S2 §1.1.5.2.6, S3 §3.9.5].

    Rows are added and never changed: the last word about consent counts.
    """

    __tablename__ = "data_handling_record"
    __isolation__ = Isolation.REPORTER
    __append_only__ = True
    __table_args__ = (
        tenant_index("data_handling_record", "visit_id", "recorded_at"),
        tenant_index("data_handling_record", "ticket_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
        client_foreign_key("visit", "visit_id"),
        client_foreign_key("reporter", "reporter_id"),
    )

    ticket_id: Mapped[UUID]
    visit_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(12))
    """consent, refusal, wiped (then taken away) or retained (left with the client)"""
    person_name: Mapped[str] = mapped_column(String(80))
    """Who at the client said so."""
    disk_serial: Mapped[str] = mapped_column(String(80), default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
    recorded_by_name: Mapped[str] = mapped_column(String(80))


class GoodwillWork(ClientRing, TenantModel):
    """A finished visit that is not charged, and why, for the partner's staff alone. Without a row it is billable."""

    __tablename__ = "goodwill_work"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_unique("goodwill_work", "visit_id"),
        tenant_index("goodwill_work", "ticket_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
        client_foreign_key("visit", "visit_id"),
    )

    ticket_id: Mapped[UUID]
    visit_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Text)
    granted_by: Mapped[UUID | None]
    granted_by_name: Mapped[str] = mapped_column(String(80))
    granted_at: Mapped[datetime]


class FieldAction(TenantModel):
    """One action sent by an engineer's phone, kept without limit so that a repeated delivery is recognised.

    `action_id` was made by the phone, `leads_to` is the address to which the first answer led, or for a program the
    ids of what was made. No key to the visit: the row outlives every way of storing visits, and holds no content.
    """

    __tablename__ = "field_action"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("field_action", "membership_id", "action_id"),
        tenant_foreign_key("membership", "membership_id"),
    )

    membership_id: Mapped[UUID]
    action_id: Mapped[str] = mapped_column(String(80))
    request_hash: Mapped[str] = mapped_column(String(64))
    leads_to: Mapped[str] = mapped_column(String(600))
    received_at: Mapped[datetime]


class ExpectedFieldAction(TenantModel):
    """An action that a phone still held when it sent how the visit ended, such as photos without enough signal.

    It waits until the `FieldAction` of its id arrives, or the engineer says that it is lost.
    """

    __tablename__ = "expected_field_action"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("expected_field_action", "membership_id", "action_id"),
        tenant_index("expected_field_action", "visit_id"),
        tenant_foreign_key("membership", "membership_id"),
        tenant_foreign_key("visit", "visit_id"),
    )

    membership_id: Mapped[UUID]
    action_id: Mapped[str] = mapped_column(String(80))
    visit_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(20))
    """photos, or another kind of record: `app.desk.tickets.visits.schemas.UnsentKind`"""
    pieces: Mapped[int] = mapped_column(SmallInteger)
    """How many photos."""
    announced_at: Mapped[datetime]
    lost_at: Mapped[datetime | None]
    """When the engineer said that it will not come any more."""
