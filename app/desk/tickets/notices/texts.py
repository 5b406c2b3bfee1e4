"""Notices about tickets: text, severity and link of each. Pure."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from app.desk.tickets.service_reports.document import SERVICE_REPORT
from app.platform.documents import edition_notice
from app.platform.kernel.texts import N_
from app.platform.notifications import Notice, Severity


class NoticeSubject(msgspec.Struct, frozen=True, kw_only=True):
    """The ticket of a notice, with the names of its client and site."""

    id: UUID
    client_id: UUID
    number: str
    state: str
    priority: str
    channel: str
    subject: str
    client_name: str
    time_zone: str
    address: str
    """Name and street of the site, as far as known."""
    reporter_id: UUID | None
    engineer_id: UUID | None
    follow_token: str

    @property
    def workspace_link(self) -> str:
        """Path of the ticket in the workspace."""
        return f"/workspace/tickets/{self.id}"

    @property
    def portal_link(self) -> str:
        """Path of the ticket in the client portal."""
        return f"/portal/tickets/{self.id}"

    @property
    def names(self) -> dict[str, object]:
        """Parameters common to nearly all texts."""
        return {"number": self.number, "client": self.client_name}


def reported(ticket: NoticeSubject) -> Notice:
    """To dispatchers and managers: a new ticket."""
    return Notice(
        reference=f"reported:{ticket.id}",
        text=N_("新报修 %(number)s（%(priority)s）%(client)s：%(subject)s"),
        parameters={**ticket.names, "priority": ticket.priority, "subject": ticket.subject},
        link=ticket.workspace_link,
        severity=Severity.URGENT if ticket.priority == "P1" else Severity.INFO,
    )


def assigned(ticket: NoticeSubject, visit_id: UUID, start: datetime, end: datetime) -> Notice:
    """To the engineer: a planned visit; the window is in the client's time zone."""
    zone = ZoneInfo(ticket.time_zone)
    window = f"{start.astimezone(zone):%m-%d %H:%M}–{end.astimezone(zone):%H:%M}"
    return Notice(
        reference=f"assigned:{visit_id}",
        text=N_("派单给您 %(number)s：%(client)s，%(address)s，%(window)s，%(subject)s"),
        parameters={**ticket.names, "address": ticket.address, "window": window, "subject": ticket.subject},
        link=visit_link(visit_id),
        severity=Severity.ATTENTION,
    )


def declined(ticket: NoticeSubject, event_id: UUID, engineer: str) -> Notice:
    """To dispatchers: an engineer declined. The reason is on the ticket only."""
    return Notice(
        reference=f"declined:{event_id}",
        text=N_("%(engineer)s 拒单：%(number)s %(client)s，请重新派单"),
        parameters={**ticket.names, "engineer": engineer},
        link=ticket.workspace_link,
        severity=Severity.ATTENTION,
    )


def unassigned(ticket: NoticeSubject, event_id: UUID) -> Notice:
    """To the engineer: the desk called the visit off. The reason is on the ticket only."""
    return Notice(
        reference=f"unassigned:{event_id}",
        text=N_("%(number)s 不用去了：%(client)s，派单已撤回"),
        parameters=ticket.names,
        link="/field",
        severity=Severity.ATTENTION,
    )


def answered(ticket: NoticeSubject, event_id: UUID, name: str, link: str) -> Notice:
    """To the other side of the conversation: a public reply."""
    return Notice(
        reference=f"reply:{event_id}",
        text=N_("%(name)s 在 %(number)s 中留言：%(subject)s"),
        parameters={"name": name, "number": ticket.number, "subject": ticket.subject},
        link=link,
    )


def resolved(ticket: NoticeSubject, event_id: UUID) -> Notice:
    """To the client's people: a resolution to confirm."""
    return Notice(
        reference=f"resolved:{event_id}",
        text=N_("%(number)s 已处理完成，请确认：%(subject)s"),
        parameters={"number": ticket.number, "subject": ticket.subject},
        link=ticket.portal_link,
    )


def report_signed(ticket: NoticeSubject, report_id: UUID, number: str) -> Notice:
    """To the client's administrators: a signed service report."""
    return edition_notice(
        SERVICE_REPORT,
        report_id,
        N_("服务报告 %(report)s 已签字（%(number)s）"),
        ticket.portal_link,
        {"report": number, "number": ticket.number},
    )


def visit_link(visit_id: UUID) -> str:
    """Path of the visit in the engineer's portal."""
    return f"/field/visits/{visit_id}"
