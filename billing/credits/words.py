"""Credits in words: what was missed, how the amount was reckoned, and how it stands on the invoice."""

from collections.abc import Mapping
from typing import Final

from app.agreements.sla import TARGET_NAMES
from app.platform.kernel.texts import N_, SOURCE_LANGUAGE, Translator, translator
from billing.credits.models import ServiceCredit
from billing.credits.schemas import ServiceCreditNoticeView, ServiceCreditView
from billing.money import Money, money_text
from billing.terms import PenaltyBasis

_LIMITED: Final = "，到每期上限 %(limit)s 为止"


def credit_amount(minor: int, currency: str) -> str:
    """As people read it: ¥180.00."""
    return money_text(Money(minor, currency))


def explanation(credit: ServiceCreditView | ServiceCreditNoticeView, translate: Translator) -> str:
    """Why so much is given back."""
    words = _words(credit, translate)
    return translate(
        N_(
            "服务单 %(ticket)s 的“%(target)s”超过了承诺的时限。合同 %(contract)s 约定：%(rule)s，每期最多 %(limit)s。"
            "按此计算是 %(amount)s。"
        ),
        rule=translate(_texts_of(credit.basis)[0], **words),
        contract=credit.contract_number,
        limit=_limit(credit, words),
        amount=credit_amount(credit.amount, credit.currency),
        **{name: words[name] for name in ("ticket", "target")},
    )


def charge_name(credit: ServiceCredit) -> str:
    """The line on the invoice, which says by itself why it is there: in Chinese, as invoices are."""
    words = _words(credit, translator(SOURCE_LANGUAGE))
    agreed = Money(credit.fee, credit.currency).times(credit.share).minor if credit.share is not None else None
    limited = credit.amount < (credit.units * (credit.rate or 0) if agreed is None else agreed)
    return (_texts_of(PenaltyBasis(credit.basis))[1] + (_LIMITED if limited else "")) % words


def _texts_of(basis: PenaltyBasis) -> tuple[str, str]:
    """How the rule is told, and the line on the invoice."""
    match basis:
        case PenaltyBasis.SHARE:
            told = N_("每次退还当期服务费 %(fee)s 的 %(share)s")
            return told, "服务赔付：%(ticket)s %(target)s超时，退还当期服务费 %(fee)s 的 %(share)s"
        case PenaltyBasis.SUM:
            return N_("每次赔付 %(rate)s"), "服务赔付：%(ticket)s %(target)s超时，每次 %(rate)s"
        case PenaltyBasis.HOUR:
            told = N_("每超时一小时赔付 %(rate)s，这次超时 %(units)s 小时（不足一小时按一小时）")
            return told, "服务赔付：%(ticket)s %(target)s超时 %(units)s 小时，每小时 %(rate)s"
        case PenaltyBasis.DAY:
            told = N_("每超时一天赔付 %(rate)s，这次超时 %(units)s 天（不足一天按一天）")
            return told, "服务赔付：%(ticket)s %(target)s超时 %(units)s 天，每天 %(rate)s"


def _words(
    credit: ServiceCreditView | ServiceCreditNoticeView | ServiceCredit, translate: Translator
) -> dict[str, str]:
    return {
        "ticket": credit.ticket_number,
        "target": translate(TARGET_NAMES[credit.kind]),
        "fee": credit_amount(credit.fee, credit.currency),
        "share": "" if credit.share is None else f"{(credit.share * 100).normalize():f}%",
        "rate": credit_amount(credit.rate or 0, credit.currency),
        "units": str(credit.units),
        "limit": credit_amount(credit.period_limit, credit.currency),
    }


def _limit(credit: ServiceCreditView | ServiceCreditNoticeView, words: Mapping[str, str]) -> str:
    """The sum, and the share of the fee that it is."""
    return words["limit"] if credit.most is None else f"{words['limit']} ({(credit.most * 100).normalize():f}%)"
