"""Two weeks of tickets to which everything happens that can, and service levels that say everything they can."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from app.agreements.sla import (
    POLICY_TEMPLATES,
    EscalationChannel,
    EscalationStep,
    Impact,
    SlaPolicyDocument,
    TargetKind,
    Urgency,
)
from app.agreements.sla.policy import PauseRule
from app.desk.tickets import Channel, ConfirmedBy
from app.desk.tickets.replay import Accepted, Arrived, Connected, Departed, Person, TicketTimeline
from app.platform.promises import WaitReason
from tests.tickets.replay_comparison import (
    ReplayPartner,
)
from tests.tickets.timelines import TimelineBuilder

MONDAY = datetime(2026, 9, 28, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
"""Three days before the National Day holiday."""
END = MONDAY + timedelta(days=16, hours=2)
SMOOTHLY = ((Accepted, 20), (Departed, 40), (Arrived, 75))


def two_weeks(replay_partner: ReplayPartner) -> list[TicketTimeline]:
    """Everything that can happen to a ticket, over the National Day holiday. Minutes of a day: 1440."""
    serial = iter(range(100))

    def builder(minutes: float | None = None) -> TimelineBuilder:
        return TimelineBuilder(
            replay_partner,
            MONDAY + timedelta(minutes=7 * next(serial) if minutes is None else minutes, microseconds=361),
        )

    day = 1440.0
    by_phone = builder()
    remote = builder()
    nobody_answers = builder(2 * day)
    return [
        builder()
        .triaged(6)
        .assigned(15)
        .worked(*SMOOTHLY)
        .resolved(110)
        .confirmed(130)
        .rated(131, 5, " 很快 ")
        .timeline(),
        by_phone.triaged(4)
        .resolved(12, by_phone.dispatcher)
        .confirmed(30)
        .timeline(reported_by=by_phone.dispatcher, channel=Channel.HOT_LINE),
        # The response comes late, arrival and resolution later still.
        builder().triaged(200).assigned(210).worked((Accepted, 400), (Arrived, 2 * day)).resolved(12 * day).timeline(),
        # Waiting for the client stands still, waiting for a part does not; the reason changes on the way.
        builder()
        .triaged(5)
        .assigned(9)
        .waited(30, 300)
        .worked((Accepted, 310))
        .waited(330, 1500, WaitReason.PART)
        .timeline(),
        builder()
        .triaged(5)
        .waited(20, None)
        .assigned(9 * day, note="客户在了")
        .worked((Accepted, 9 * day + 9))
        .timeline(),
        builder()
        .triaged(5)
        .assigned(8)
        .declined(20)
        .assigned(25, 1, "换人")
        .worked((Accepted, 28), place=1)
        .timeline(),
        builder().triaged(5).assigned(8).worked((Accepted, 9), (Departed, 12)).unassigned(20, "派错了人").timeline(),
        builder().assigned(3).assigned(40, 1).worked((Accepted, 41), (Departed, 42), place=1).waited(45, 60).timeline(),
        # More urgent than thought, less urgent than thought, and classified anew to the same.
        builder().triaged(10).triaged(100, Impact.HIGH, Urgency.HIGH).assigned(190).worked((Accepted, 200)).timeline(),
        builder()
        .triaged(10)
        .triaged(2 * day, Impact.HIGH, Urgency.HIGH)
        .triaged(11 * day, Impact.LOW, Urgency.LOW)
        .timeline(),
        builder().triaged(3, category="software").triaged(9).cancelled(50).timeline(),
        builder()
        .triaged(5)
        .assigned(10)
        .worked(*SMOOTHLY)
        .resolved(120)
        .reopened(150)
        .triaged(160)
        .assigned(170, 1)
        .worked((Accepted, 171), (Arrived, 190), place=1)
        .resolved(230, Person.of(replay_partner.engineers[1]))
        .confirmed(300, ConfirmedBy.CALL_BACK, Person.of(replay_partner.company.dispatcher))
        .timeline(),
        remote.triaged(5)
        .assigned(10)
        .worked((Accepted, 15), (Connected, 20))
        .waited(25, 90, WaitReason.APPROVAL)
        .resolved(100)
        .confirmed(101, ConfirmedBy.PORTAL, remote.contact)
        .timeline(),
        # Nobody answers: reminded on the next two days of service, after the holiday, and closed.
        nobody_answers.triaged(5).assigned(10).worked(*SMOOTHLY).resolved(110).said(111).noted(112).timeline(),
        builder(3 * day - 60).triaged(5).resolved(12, Person.of(replay_partner.company.dispatcher)).timeline(),
        # The fault comes back after the holiday: where service never closes, after closing by silence.
        builder().triaged(1).resolved(9, Person.of(replay_partner.company.dispatcher)).reopened(9 * day).timeline(),
        # In the middle of the holiday, and of the night.
        builder(5 * day + 800).said(5).triaged(3 * day).timeline(),
        # New today.
        builder(16 * day).timeline(),
        builder(16 * day + 20).triaged(5, Impact.MEDIUM, Urgency.HIGH).timeline(),
        builder(16 * day + 30).triaged(5).assigned(9).worked((Accepted, 12), (Departed, 20)).timeline(),
    ]


def strict() -> SlaPolicyDocument:
    """Office hours with everything that a policy can say: steps by time, steps that go on while the ticket waits, and
    parts that stop the clock."""
    shipped = next(each.policy for each in POLICY_TEMPLATES if each.code == "office_hours")
    steps = (
        EscalationStep(1, (EscalationChannel.IN_APP,), after_seconds=1_800),
        EscalationStep(2, (EscalationChannel.IN_APP,), at_percent=60, while_waiting=True),
        EscalationStep(3, (EscalationChannel.IN_APP,), at_percent=150, kinds=(TargetKind.RESOLUTION,)),
    )
    return msgspec.structs.replace(
        shipped,
        terms=tuple(msgspec.structs.replace(each, escalation=each.escalation + steps) for each in shipped.terms),
        pause_rules=(*shipped.pause_rules, PauseRule(WaitReason.PART, (TargetKind.RESOLUTION,))),
    )
