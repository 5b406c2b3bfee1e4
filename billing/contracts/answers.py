"""Whether a client's contracts cover a matter (T3): the best answer of any, and its reason in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.agreements.catalogue import PRODUCT_CATEGORIES, SERVICE_CATEGORIES
from app.agreements.sla.models import ServiceCalendarVersion
from app.platform.kernel.texts import N_, Translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import ServiceCalendar, service_seconds_between
from billing.contracts.models import PrepaidBlockRow
from billing.contracts.versions import VersionInForce, versions_at
from billing.periods import day_in
from billing.terms import CoverageReason, CoverageState, Matter, PrepaidBlock, coverage

_STATES: Final = {state: place for place, state in enumerate(CoverageState)}
_REASONS: Final = {reason: place for place, reason in enumerate(CoverageReason)}
_A_SECOND: Final = timedelta(seconds=1)
_MOST_CACHED: Final = 1_000
_calendars: Final[dict[UUID, ServiceCalendar]] = {}
"""Versions of calendars never change."""


class CoverageQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A fault or a piece of work, as far as contracts ask about it; `at` is aware."""

    client_id: UUID
    at: datetime
    service_category: str
    product_category: str = ""
    site_id: UUID | None = None
    device_id: UUID | None = None


class CoverageAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, and the line of the contract that gave it; without contract or line where none did."""

    state: CoverageState
    reason: CoverageReason
    contract_id: UUID | None = None
    version_id: UUID | None = None
    contract_number: str = ""
    line_key: str = ""
    line_name: str = ""
    service_category: str = ""
    product_category: str = ""


async def coverage_answer(work: UnitOfWork, question: CoverageQuestion) -> CoverageAnswer:
    """The best answer of all contracts that hold at that moment; of equal ones the oldest contract's."""
    versions = await versions_at(work, question.client_id, question.at.date(), lambda zone: day_in(zone, question.at))
    left = await _prepaid_left(work, versions, question)
    calendars = await _calendars_of(work, versions)
    answers = [_answer_of(version, question, calendars, left.get(version.contract_id, {})) for version in versions]
    if not answers:
        return CoverageAnswer(
            state=CoverageState.NOT_COVERED,
            reason=CoverageReason.NO_CONTRACT,
            service_category=question.service_category,
            product_category=question.product_category,
        )
    return min(answers, key=lambda answer: (_STATES[answer.state], _REASONS[answer.reason]))


def _answer_of(
    version: VersionInForce,
    question: CoverageQuestion,
    calendars: Mapping[UUID, ServiceCalendar],
    prepaid_left: Mapping[str, int],
) -> CoverageAnswer:
    terms = version.terms
    calendar = calendars.get(terms.calendar_version_id) if terms.calendar_version_id else None
    found = coverage(
        terms,
        Matter(
            day=day_in(terms.zone, question.at),
            service_category=question.service_category,
            product_category=question.product_category,
            site_id=question.site_id,
            device_id=question.device_id,
            outside_hours=calendar is not None
            and not service_seconds_between(calendar, question.at, question.at + _A_SECOND),
        ),
        prepaid_left,
    )
    return CoverageAnswer(
        state=found.state,
        reason=found.reason,
        contract_id=version.contract_id,
        version_id=version.version_id,
        contract_number=version.contract_number,
        line_key=found.line_key,
        line_name=next((line.name for line in terms.lines if line.key == found.line_key), ""),
        service_category=question.service_category,
        product_category=question.product_category,
    )


async def _prepaid_left(
    work: UnitOfWork, versions: Sequence[VersionInForce], question: CoverageQuestion
) -> dict[UUID, dict[str, int]]:
    """Contract → line → what is left of its blocks on the question's day."""
    prepaid = [
        version.contract_id
        for version in versions
        if any(isinstance(line, PrepaidBlock) for line in version.terms.lines)
    ]
    if not prepaid:
        return {}
    day = day_in(versions[0].terms.zone, question.at)
    rows = await work.session.execute(
        select(PrepaidBlockRow.contract_id, PrepaidBlockRow.line_key, func.sum(PrepaidBlockRow.left))
        .where(
            PrepaidBlockRow.contract_id.in_(prepaid),
            PrepaidBlockRow.bought_on <= day,
            PrepaidBlockRow.expires_on > day,
        )
        .group_by(PrepaidBlockRow.contract_id, PrepaidBlockRow.line_key)
    )
    left: dict[UUID, dict[str, int]] = {}
    for contract_id, line_key, quantity in rows:
        left.setdefault(contract_id, {})[line_key] = int(quantity)
    return left


async def _calendars_of(work: UnitOfWork, versions: Sequence[VersionInForce]) -> Mapping[UUID, ServiceCalendar]:
    """The service hours that the versions name."""
    named = {version.terms.calendar_version_id for version in versions} - {None}
    missing = [version_id for version_id in named if version_id not in _calendars]
    if missing:
        rows = await work.session.execute(
            select(ServiceCalendarVersion.id, ServiceCalendarVersion.document).where(
                ServiceCalendarVersion.id.in_(missing)
            )
        )
        for version_id, document in rows:
            while len(_calendars) >= _MOST_CACHED:
                _calendars.pop(next(iter(_calendars)))
            _calendars[version_id] = msgspec.convert(document, ServiceCalendar)
    return _calendars


_TEXTS: Final[Mapping[CoverageReason, str]] = {
    CoverageReason.INCLUDED: N_("合同 %(contract)s 的“%(line)s”已包含。"),
    CoverageReason.PREPAID: N_("从合同 %(contract)s 的“%(line)s”中扣减。"),
    CoverageReason.INCLUDED_OVERTIME: N_("合同 %(contract)s 的“%(line)s”已包含，非服务时间按约定的加班价计费。"),
    CoverageReason.AGREED_PRICE: N_("按合同 %(contract)s 的“%(line)s”约定的价格计费。"),
    CoverageReason.PREPAID_OVERAGE: N_("合同 %(contract)s 的“%(line)s”已用完，超出部分按约定的价格计费。"),
    CoverageReason.PREPAID_USED_UP: N_("合同 %(contract)s 的“%(line)s”已用完：%(then)s"),
    CoverageReason.OUTSIDE_HOURS: N_("不在合同 %(contract)s 的服务时间内：%(then)s"),
    CoverageReason.DEVICE_NOT_LISTED: N_("这台设备不在合同 %(contract)s 的清单里：%(then)s"),
    CoverageReason.SITE_NOT_LISTED: N_("这个地点不在合同 %(contract)s 的范围内：%(then)s"),
    CoverageReason.PRODUCT_NOT_COVERED: N_("%(product)s不在合同 %(contract)s 的范围内：%(then)s"),
    CoverageReason.SERVICE_NOT_COVERED: N_("%(service)s不在合同 %(contract)s 的范围内：%(then)s"),
    CoverageReason.NOT_IN_FORCE: N_("合同 %(contract)s 在这一天没有生效：%(then)s"),
    CoverageReason.NO_CONTRACT: N_("客户在这一天没有生效的合同：按价目表报价。"),
}
_QUOTED: Final = N_("按价目表报价。")
_REFUSED: Final = N_("合同约定不提供。")
_UNNAMED_PRODUCT: Final = N_("这类设备")
_UNNAMED_SERVICE: Final = N_("这类服务")
_PRODUCTS: Final = {category.code: category.name for category in PRODUCT_CATEGORIES}
_SERVICES: Final = {category.code: category.name for category in SERVICE_CATEGORIES}


def reason_text(answer: CoverageAnswer, translate: Translator) -> str:
    """The reason in words, for staff."""
    return translate(
        _TEXTS[answer.reason],
        contract=answer.contract_number,
        line=answer.line_name,
        product=translate(_PRODUCTS.get(answer.product_category, _UNNAMED_PRODUCT)),
        service=translate(_SERVICES.get(answer.service_category, _UNNAMED_SERVICE)),
        then=translate(_REFUSED if answer.state is CoverageState.NOT_COVERED else _QUOTED),
    )
