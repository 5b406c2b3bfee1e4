"""Credits in words: what was missed, and how the amount was reckoned."""

from typing import Final

from app.agreements.sla import TARGET_NAMES
from app.platform.kernel.texts import N_, Translator
from billing.credits.schemas import ServiceCreditNoticeView, ServiceCreditView
from billing.money import Money, price_text

_SIGNS: Final = {"CNY": "¥"}


def credit_amount(minor: int, currency: str) -> str:
    """As people read it: ¥180.00."""
    return f"{_SIGNS.get(currency, f'{currency} ')}{price_text(Money(minor, currency).value)}"


def explanation(credit: ServiceCreditView | ServiceCreditNoticeView, translate: Translator) -> str:
    """Why so much is given back."""
    limit = Money(credit.fee, credit.currency).times(credit.most)
    return translate(
        N_(
            "服务单 %(ticket)s 的“%(target)s”超过了承诺的时限。合同 %(contract)s 约定：每次退还当期服务费 %(fee)s 的 "
            "%(share)s，每期最多 %(most)s（%(limit)s）。这一次是 %(amount)s。"
        ),
        ticket=credit.ticket_number,
        target=translate(TARGET_NAMES[credit.kind]),
        contract=credit.contract_number,
        fee=credit_amount(credit.fee, credit.currency),
        share=f"{(credit.share * 100).normalize():f}%",
        most=f"{(credit.most * 100).normalize():f}%",
        limit=credit_amount(limit.minor, credit.currency),
        amount=credit_amount(credit.amount, credit.currency),
    )
