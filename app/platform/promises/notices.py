"""Notices of a promise that runs out or was missed, and sending those of records whose area declares an audience."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from app.platform.kernel.areas import gathered
from app.platform.kernel.texts import N_, Text
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import AddressedNotice, MemberRecipient, Notice, Severity, notify_all
from app.platform.promises.clock import Clock
from app.platform.promises.clocks import ENDED
from app.platform.promises.events import ThresholdReached
from app.platform.promises.models import PromiseRecord
from app.platform.promises.service import PromiseService

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE

_ATTENTION_SHARE: Final = 75
_USED_UP: Final = 100

_LEFT_HOURS: Final = N_("%(number)s %(client)s：%(promise)s时限已用 %(share)s%%，还剩 %(hours)s 小时 %(minutes)s 分")
_LEFT_WHOLE_HOURS: Final = N_("%(number)s %(client)s：%(promise)s时限已用 %(share)s%%，还剩 %(hours)s 小时")
_LEFT_MINUTES: Final = N_("%(number)s %(client)s：%(promise)s时限已用 %(share)s%%，还剩 %(minutes)s 分钟")
_DUE_NOW: Final = N_("%(number)s %(client)s：%(promise)s时限已用完")
_LATE_HOURS: Final = N_("%(number)s %(client)s：%(promise)s已超时 %(hours)s 小时 %(minutes)s 分")
_LATE_WHOLE_HOURS: Final = N_("%(number)s %(client)s：%(promise)s已超时 %(hours)s 小时")
_LATE_MINUTES: Final = N_("%(number)s %(client)s：%(promise)s已超时 %(minutes)s 分钟")


class NoticeSubject(NamedTuple):
    """What a notice says of a record: its number, whose it is (a client, a vendor, a partner), its page."""

    number: str
    client: str
    link: str


class Audience(NamedTuple):
    """A record as its notices name it, and the people whom a threshold reaches."""

    subject: NoticeSubject
    people: Sequence[MemberRecipient]


AudienceOf = Callable[[UnitOfWork, UUID, str], Awaitable[Audience | None]]
"""An area's answer for one of its records: whom the word of a `Reminder` means; None where nobody is to be told."""


def still_matters(clock: Clock) -> bool:
    """Whether a threshold is still to be notified: not when the target was met in time or dropped meanwhile."""
    return clock.breached_at is not None or clock.phase not in ENDED


def threshold_notice(subject: NoticeSubject, kind: str, clock: Clock, now: datetime, reference: str) -> Notice:
    """A target is running out, or has been missed."""
    remaining, share = clock.remaining_seconds(now), int(clock.share_at(now) * 100)
    hours, minutes = divmod(abs(remaining) // MINUTE, HOUR // MINUTE)
    return Notice(
        reference=reference,
        text=_text(remaining),
        parameters={
            "number": subject.number,
            "client": subject.client,
            "promise": Text(gathered("promised_targets").get(kind, kind)),
            "share": share,
            "hours": hours,
            "minutes": minutes,
        },
        link=subject.link,
        severity=_severity(share),
    )


def _text(remaining: int) -> str:
    if abs(remaining) < MINUTE:
        return _DUE_NOW
    hours, minutes = divmod(abs(remaining) // MINUTE, HOUR // MINUTE)
    if remaining > 0:
        whole, broken, short = _LEFT_WHOLE_HOURS, _LEFT_HOURS, _LEFT_MINUTES
    else:
        whole, broken, short = _LATE_WHOLE_HOURS, _LATE_HOURS, _LATE_MINUTES
    if not hours:
        return short
    return broken if minutes else whole


def _severity(share: int) -> Severity:
    if share >= _USED_UP:
        return Severity.URGENT
    return Severity.ATTENTION if share >= _ATTENTION_SHARE else Severity.INFO


async def tell_people(
    work: UnitOfWork,
    reached: Sequence[ThresholdReached],
    audiences: Mapping[str, AudienceOf],
    *,
    public_url: str,
) -> None:
    """Send the notices of thresholds, once each, to those whom the records' areas name."""
    found = await PromiseService(work).read(PromiseRecord.id.in_([event.promise_id for event in reached]))
    promises = {each.record.id: each for each in found}
    notices = []
    for event in reached:
        promise, audience_of = promises.get(event.promise_id), audiences.get(event.subject_kind)
        if promise is None or audience_of is None or not still_matters(promise.clock):
            continue
        audience = await audience_of(work, event.subject_id, event.tells)
        if audience is not None:
            reference = f"promise:{event.promise_id}:{event.threshold}"
            notice = threshold_notice(audience.subject, promise.kind, promise.clock, work.now, reference)
            notices.append(AddressedNotice(audience.people, notice, event.by_email))
    await notify_all(work, notices, public_url=public_url)
