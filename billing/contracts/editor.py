"""The page on which a contract is written, as the terms that it shows and the terms that it says."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar
from unicodedata import normalize
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.assets.devices.models import Device
from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from billing.contracts.editor_fields import (
    FIELDS_OF,
    PENALTY_KINDS,
    TIERS_AT_MOST,
    WITH_TIME,
    MoreFields,
    PrepaidFields,
    ScopeFields,
    TimeFields,
    WholeFields,
)
from billing.contracts.template_terms import LINE_KIND_NAMES, LineKind, new_line, taxed_by_default
from billing.periods import Period, PeriodEmpty
from billing.pricebook import tax_items
from billing.terms import (
    DeviceTier,
    HourlyRate,
    Penalty,
    PenaltyBasis,
    PenaltyRule,
    PerDevice,
    PrepaidBlock,
    PrepaidUnit,
    Scope,
    TermLine,
    Terms,
    TimePrices,
)
from billing.terms.lines import MINUTES_OF_AN_HOUR

Read = TypeVar("Read", bound=msgspec.Struct)
ADD, REMOVE = "add", "remove:"
HUNDRED: Final = Decimal(100)
PRICES: Final = frozenset({"amount", "price", "hour"})
NO_PRICE: Final = ["0"]
NUMBERS_NAMED: Final = 5


class WrittenContract(msgspec.Struct, frozen=True):
    """What the form says."""

    title: str
    terms: Terms


def kind_of(line: TermLine) -> LineKind:
    """Which kind of line it is: its tag."""
    return LineKind(str(type(line).__struct_config__.tag))


async def read_editor(
    work: UnitOfWork, client_id: UUID, form: FormValues, before: Terms, first_day: date | None
) -> WrittenContract:
    """The terms that the form says; `before` are those that it was drawn from. With `first_day` the term keeps it. The
    button that was pressed adds a line or takes one out.

    Raises:
        Invalid: with a text for each field at fault, in the actor's language.
    """
    refused: dict[str, str] = {}
    known = {} if first_day is None else {"first_day": first_day}
    whole = _read(form, "", WholeFields, refused, **known)
    more = _read(form, "", MoreFields, refused)
    action = form["action"]
    kept = {*form.checked("line")} - {action.removeprefix(REMOVE)}
    numbers = await _device_ids(work, client_id, form, before)
    lines = [_line(work, form, line, numbers, refused) for line in before.lines if line.key in kept]
    term = None
    if whole is not None:
        try:
            term = Period(whole.first_day, whole.last_day + timedelta(days=1))
        except (PeriodEmpty, OverflowError):
            refused["last_day"] = PeriodEmpty.text
    if refused or whole is None or more is None or term is None:
        raise Invalid(fields=refused)
    if action == ADD:
        lines.append(taxed_by_default(_added(form, before), await tax_items(work), term.start))
    terms = msgspec.structs.replace(
        before,
        currency=more.currency.upper(),
        term=term,
        anchor=term.start if first_day is None else before.anchor,
        cycle=whole.cycle,
        billed=whole.billed,
        price_mode=more.price_mode,
        payment_days=more.payment_days,
        lines=tuple(line for line in lines if line is not None),
        outside=more.outside,
        policy_version_id=whole.policy_version_id,
        calendar_version_id=whole.calendar_version_id,
        notice_days=more.notice_days,
        renewal_months=more.renewal_months,
        indexation=None if more.indexation is None else more.indexation / HUNDRED,
        penalty=_penalty(more, before.penalty),
    )
    return WrittenContract(whole.title, terms)


def shown_values(title: str, terms: Terms, device_numbers: Mapping[UUID, str]) -> FormValues:
    """The form's fields as they are drawn for these terms."""
    values: dict[str, Any] = {
        "title": title,
        "first_day": terms.term.start.isoformat(),
        "last_day": (terms.term.end - timedelta(days=1)).isoformat(),
        "indexation": _percent(terms.indexation),
        **_penalty_values(terms.penalty),
        "line": [line.key for line in terms.lines],
    }
    for name in ("cycle", "billed", "policy_version_id", "calendar_version_id", "payment_days", "price_mode"):
        values[name] = getattr(terms, name)
    for name in ("currency", "outside", "notice_days", "renewal_months"):
        values[name] = getattr(terms, name)
    for line in terms.lines:
        for name, value in _line_values(line, device_numbers).items():
            values[f"lines.{line.key}.{name}"] = value
    return FormValues(values)


def _penalty(more: MoreFields, before: Penalty | None) -> Penalty | None:
    """What the form says of missed promises. Rules of promises that it does not ask about stay."""
    rules = [rule for rule in (before.rules if before else ()) if rule.kind not in PENALTY_KINDS]
    for kind in PENALTY_KINDS:
        basis, value = getattr(more, f"{kind}_basis"), getattr(more, f"{kind}_value") or Decimal(0)
        if basis is not None:
            rules.append(
                PenaltyRule(kind=kind, basis=basis, value=value / HUNDRED if basis is PenaltyBasis.SHARE else value)
            )
    written = (more.penalty_share, more.penalty_most, more.penalty_most_amount)
    if not rules and not any(written):
        return None
    share = (more.penalty_share or Decimal(0)) / HUNDRED
    return Penalty(
        share=share,
        most=share if more.penalty_most is None else more.penalty_most / HUNDRED,
        most_amount=more.penalty_most_amount,
        rules=tuple(rules),
    )


def _penalty_values(penalty: Penalty | None) -> dict[str, Any]:
    if penalty is None:
        return {}
    values: dict[str, Any] = {
        "penalty_share": _percent(penalty.share or None),
        "penalty_most": _percent(penalty.most or None),
        "penalty_most_amount": "" if penalty.most_amount is None else _shown(penalty.most_amount),
    }
    for rule in penalty.rules:
        shown = _percent(rule.value) if rule.basis is PenaltyBasis.SHARE else _shown(rule.value)
        values |= {f"{rule.kind}_basis": rule.basis, f"{rule.kind}_value": shown}
    return values


def field_of(problem: str) -> str:
    """Which field of the form a problem of the terms stands at."""
    if problem == "term":
        return "last_day"
    if problem == "penalty":
        return "penalty_share"
    if problem.startswith("penalty.rules."):
        return f"{problem.removeprefix('penalty.rules.')}_value"
    if problem.startswith("penalty."):
        return problem.replace(".", "_")
    return problem.replace(".prices.", ".").replace(".tiers.price", ".tiers")


def _line_values(line: TermLine, device_numbers: Mapping[UUID, str]) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: _shown(getattr(line, name)) for name in FIELDS_OF[kind_of(line)].__struct_fields__ if hasattr(line, name)
    }
    prices = getattr(line, "prices", None)
    if isinstance(prices, TimePrices):
        values |= {name: _shown(getattr(prices, name)) for name in prices.__struct_fields__}
    values |= {name: "" for name in PRICES if values.get(name) == "0"}
    if isinstance(line, PrepaidBlock) and line.unit is PrepaidUnit.MINUTE:
        values["quantity"] = _shown(Decimal(line.quantity) / MINUTES_OF_AN_HOUR)
    if isinstance(line, PerDevice):
        for place, tier in enumerate(line.tiers):
            values |= {
                f"tiers.{place}.first": tier.first,
                f"tiers.{place}.last": tier.last,
                f"tiers.{place}.price": _shown(tier.price) if tier.price else "",
            }
    scope = line.scope
    values |= {
        "service_categories": sorted(scope.service_categories),
        "product_categories": sorted(scope.product_categories),
        "excluded_product_categories": sorted(scope.excluded_product_categories),
        "sites": sorted(map(str, scope.site_ids)),
        "devices": "\n".join(sorted(device_numbers.get(each, "") for each in scope.device_ids)),
    }
    return values


def _line(
    work: UnitOfWork, form: FormValues, line: TermLine, numbers: Mapping[str, UUID], refused: dict[str, str]
) -> TermLine | None:
    kind, prefix = kind_of(line), f"lines.{line.key}."
    own = _read(form, prefix, FIELDS_OF[kind], refused)
    scope = _read(form, prefix, ScopeFields, refused)
    time = _read(form, prefix, TimeFields, refused) if kind in WITH_TIME else None
    tiers = _tiers(form, prefix, refused) if kind is LineKind.PER_DEVICE else None
    if scope is not None:
        unknown = [number for number in _numbers(scope.devices) if number not in numbers]
        if unknown:
            refused[f"{prefix}devices"] = translator(work.actor.language)(
                N_("没有找到这些设备：%(numbers)s"), numbers="、".join(unknown[:NUMBERS_NAMED])
            )
    if own is None or scope is None or (kind in WITH_TIME and time is None):
        return None
    changes = {name: getattr(own, name) for name in own.__struct_fields__ if name in line.__struct_fields__}
    if isinstance(own, PrepaidFields):
        quantity = own.quantity * MINUTES_OF_AN_HOUR if own.unit is PrepaidUnit.MINUTE else own.quantity
        if not quantity.is_finite() or quantity != quantity.to_integral_value() or abs(quantity) > 10**9:
            refused[f"{prefix}quantity"] = N_("请填写大于零的数量。")
            return None
        changes["quantity"] = int(quantity)
    if time is not None:
        hour = getattr(own, "hour", None) if isinstance(line, HourlyRate) else None
        changes["prices"] = TimePrices(hour=hour, **{name: getattr(time, name) for name in time.__struct_fields__})
    if tiers is not None:
        changes["tiers"] = tiers
    changes["scope"] = Scope(
        service_categories=frozenset(scope.service_categories),
        product_categories=frozenset(scope.product_categories),
        excluded_product_categories=frozenset(scope.excluded_product_categories),
        site_ids=frozenset(scope.sites),
        device_ids=frozenset(numbers[number] for number in _numbers(scope.devices) if number in numbers),
    )
    try:
        return msgspec.structs.replace(line, **changes)
    except Invalid as error:
        refused.update({f"{prefix}{name}": text for name, text in error.fields.items()})
        return None


def _tiers(form: FormValues, prefix: str, refused: dict[str, str]) -> tuple[DeviceTier, ...]:
    """The rows of the table of tiers that say something."""
    found = []
    for place in range(TIERS_AT_MOST):
        first, last, price = (form[f"{prefix}tiers.{place}.{name}"].strip() for name in ("first", "last", "price"))
        if not (first or last or price):
            continue
        try:
            found.append(
                msgspec.convert({"first": first, "last": last or None, "price": price or "0"}, DeviceTier, strict=False)
            )
        except (msgspec.ValidationError, Invalid):
            refused[f"{prefix}tiers"] = N_("每一档都要填写从第几台起和单价。")
    return tuple(found)


def _added(form: FormValues, before: Terms) -> TermLine:
    try:
        kind = LineKind(form["kind"])
    except ValueError:
        raise Invalid(fields={"kind": N_("请选择。")}) from None
    taken = {line.key for line in before.lines}
    key = next(key for number in range(1, len(taken) + 2) if (key := f"{kind}-{number}") not in taken)
    return new_line(kind, key, LINE_KIND_NAMES[kind])


async def _device_ids(work: UnitOfWork, client_id: UUID, form: FormValues, before: Terms) -> Mapping[str, UUID]:
    """The client's devices that the form names, by their numbers."""
    wanted = {number for line in before.lines for number in _numbers(form[f"lines.{line.key}.devices"])}
    if not wanted:
        return {}
    rows = await work.session.execute(
        select(Device.number, Device.id).where(Device.client_id == client_id, Device.number.in_(wanted))
    )
    return {row.number: row.id for row in rows}


async def device_numbers(work: UnitOfWork, terms: Terms) -> Mapping[UUID, str]:
    """The numbers of the devices that the terms name."""
    ids = {device_id for line in terms.lines for device_id in line.scope.device_ids}
    if not ids:
        return {}
    rows = await work.session.execute(select(Device.id, Device.number).where(Device.id.in_(ids)))
    return {row.id: row.number for row in rows}


def _numbers(typed: str) -> list[str]:
    """The device numbers in a text, in the form in which they are stored."""
    text = normalize("NFKC", typed).upper().replace(",", "\n").replace(";", "\n").replace("、", "\n")
    return list(dict.fromkeys(number for line in text.split("\n") if (number := "".join(line.split()))))


def _read(form: FormValues, prefix: str, struct: type[Read], refused: dict[str, str], **known: Any) -> Read | None:
    texts = {name.removeprefix(prefix): form.checked(name) for name in form if name.startswith(prefix)}
    # A price that is not filled in yet is nothing: the draft is kept, and says that it is missing.
    part = FormValues(
        {name: NO_PRICE if name in PRICES and values == [""] else values for name, values in texts.items()}
    )
    try:
        return part.read(struct, **known)
    except Invalid as error:
        refused.update({f"{prefix}{name}": text for name, text in error.fields.items()})
        return None


def _percent(share: Decimal | None) -> str:
    return "" if share is None else _shown(share * HUNDRED)


def _shown(value: Any) -> Any:
    if not isinstance(value, Decimal):
        return value
    return f"{value.normalize():f}" if value else "0"
