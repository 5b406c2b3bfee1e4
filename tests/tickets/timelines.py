"""A builder for timelines of tickets."""

from datetime import datetime, timedelta
from typing import Any

from app.agreements.sla import Impact, Urgency
from app.desk.tickets import Channel, ConfirmedBy
from app.desk.tickets.replay import (
    Accepted,
    AnyStep,
    Arrived,
    Assigned,
    Cancelled,
    Closed,
    Confirmed,
    Connected,
    Declined,
    Departed,
    Noted,
    Person,
    Rated,
    Reopened,
    Replied,
    Resolved,
    TicketTimeline,
    Triaged,
    Unassigned,
    WaitBegun,
    WaitEnded,
)
from app.platform.promises import WaitReason
from tests.tickets.replay_comparison import ReplayPartner


class TimelineBuilder:
    """Builds the timeline of one ticket; times are minutes after the report."""

    def __init__(self, replay_partner: ReplayPartner, begins: datetime) -> None:
        self.replay_partner, self.begins = replay_partner, begins
        self.reporter, self.contact = Person.of(replay_partner.reporter), Person.of(replay_partner.client.contact)
        self.dispatcher = Person.of(replay_partner.company.dispatcher)
        self.steps: list[AnyStep] = []

    def moment(self, minutes: float) -> datetime:
        """So many minutes after the report."""
        return self.begins + timedelta(minutes=minutes)

    def engineer(self, place: int = 0) -> Person:
        return Person.of(self.replay_partner.engineers[place])

    def triaged(
        self, minutes: float, impact: Impact = Impact.LOW, urgency: Urgency = Urgency.MEDIUM, category: str = "hardware"
    ) -> "TimelineBuilder":
        return self._add(
            Triaged(
                at=self.moment(minutes),
                by=self.dispatcher,
                service_category=category,
                product_category="desktop",
                impact=impact,
                urgency=urgency,
            )
        )

    def assigned(self, minutes: float, place: int = 0, note: str = "") -> "TimelineBuilder":
        actor, start = self.replay_partner.engineers[place], self.moment(minutes + 30)
        return self._add(
            Assigned(
                at=self.moment(minutes),
                by=self.dispatcher,
                engineer_id=actor.membership_id,
                engineer_name=actor.display_name,
                scheduled_start=start,
                scheduled_end=start + timedelta(hours=2),
                note=note,
            )
        )

    def worked(
        self, *steps: tuple[type[Accepted | Departed | Arrived | Connected], float], place: int = 0
    ) -> "TimelineBuilder":
        for kind, minutes in steps:
            self._add(kind(at=self.moment(minutes), by=self.engineer(place)))
        return self

    def declined(self, minutes: float, place: int = 0) -> "TimelineBuilder":
        return self._add(Declined(at=self.moment(minutes), by=self.engineer(place), reason="手上的现场走不开"))

    def unassigned(self, minutes: float, reason: str = "") -> "TimelineBuilder":
        return self._add(Unassigned(at=self.moment(minutes), by=self.dispatcher, reason=reason))

    def waited(self, begin: float, end: float | None, reason: WaitReason = WaitReason.CLIENT) -> "TimelineBuilder":
        self._add(WaitBegun(at=self.moment(begin), by=self.dispatcher, reason=reason, note="使用人外出"))
        return self if end is None else self.resumed(end)

    def resumed(self, minutes: float) -> "TimelineBuilder":
        return self._add(WaitEnded(at=self.moment(minutes), by=self.dispatcher))

    def resolved(self, minutes: float, by: Person | None = None) -> "TimelineBuilder":
        return self._add(
            Resolved(
                at=self.moment(minutes),
                by=by or (self.dispatcher if self._was_left() else self.engineer()),
                work_done="更换内存条并除尘",
                cause="内存接触不良",
                work_minutes=25,
            )
        )

    def confirmed(
        self, minutes: float, how: ConfirmedBy = ConfirmedBy.REPORTER, by: Person | None = None
    ) -> "TimelineBuilder":
        return self._add(Confirmed(at=self.moment(minutes), by=by or self.reporter, how=how))

    def closed(self, minutes: float) -> "TimelineBuilder":
        return self._add(Closed(at=self.moment(minutes), by=self.dispatcher))

    def rated(self, minutes: float, score: int, comment: str = "") -> "TimelineBuilder":
        return self._add(Rated(at=self.moment(minutes), by=self.reporter, score=score, comment=comment))

    def reopened(self, minutes: float) -> "TimelineBuilder":
        return self._add(Reopened(at=self.moment(minutes), by=self.reporter, reason="又不行了"))

    def cancelled(self, minutes: float) -> "TimelineBuilder":
        return self._add(Cancelled(at=self.moment(minutes), by=self.dispatcher, reason="重复报修"))

    def said(self, minutes: float, by: Person | None = None) -> "TimelineBuilder":
        return self._add(Replied(at=self.moment(minutes), by=by or self.contact, text="请尽快"))

    def noted(self, minutes: float) -> "TimelineBuilder":
        return self._add(Noted(at=self.moment(minutes), by=self.dispatcher, text="客户已催"))

    def _was_left(self) -> bool:
        """Whether the work of the last visit ended with a waiting."""
        begun = left = False
        for step in self.steps:
            match step:
                case Assigned():
                    begun = left = False
                case Arrived() | Connected():
                    begun = True
                case WaitBegun():
                    left = left or begun
        return left

    def _add(self, step: AnyStep) -> "TimelineBuilder":
        self.steps.append(step)
        return self

    def timeline(self, **fields: Any) -> TicketTimeline:
        replay_partner = self.replay_partner
        about = {
            "client_id": replay_partner.client.id,
            "subject": "开不了机",
            "reported_at": self.begins,
            "reported_by": self.reporter,
            "reporter_id": replay_partner.reporter.reporter_id,
            "device_id": replay_partner.device_id,
            "site_id": replay_partner.client.site_id,
            "department_id": replay_partner.client.department_id,
            "contact_name": "李静",
            "contact_phone": "13800138000",
            "symptom": "power",
            "description": "早上按电源没有反应",
            "channel": Channel.EMPLOYEE,
        }
        return TicketTimeline(**{**about, "steps": tuple(self.steps), **fields})
