"""A product as its form says it: perils are boxes, rates are lines of a text."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from app.assets.devices import CATEGORY_NAMES
from app.platform.kernel.errors import Invalid
from app.platform.web.form_values import FormValues
from billing.insurance.premiums import ANY, PremiumRate
from billing.insurance.schemas import RATES_REFUSED, ProductView, ProductWrite
from billing.money import Money, price_text

ALL_WORD: Final = "全部"
"""What stands for all categories in a line."""


def rates_of(words: str) -> list[PremiumRate]:
    """Rates that are typed, one a line: `笔记本电脑 3 4.5`; the category by its code or its Chinese name.

    Raises:
        Invalid: a line is none.
    """
    codes = {name: code for code, name in CATEGORY_NAMES.items()} | {code: code for code in CATEGORY_NAMES}
    codes |= {ALL_WORD: ANY, "*": ANY}
    try:
        return [
            PremiumRate(codes[category], int(years), Decimal(percent.rstrip("%")))
            for category, years, percent in (line.split() for line in words.splitlines() if line.strip())
        ]
    except (ValueError, KeyError, InvalidOperation) as error:
        raise Invalid(fields={"rates": RATES_REFUSED}) from error


def text_of(rates: Sequence[PremiumRate]) -> str:
    """The rates as they are typed."""
    return "\n".join(
        f"{CATEGORY_NAMES.get(rate.category, ALL_WORD)} {rate.below_years} {price_text(rate.percent)}" for rate in rates
    )


def product_from(form: FormValues) -> ProductWrite:
    """
    Raises:
        Invalid: with the fields at fault.
    """
    return form.read(ProductWrite, rates=rates_of(form["rates"]))


def form_of(product: ProductView) -> FormValues:
    """The form of a product as it stands."""
    terms = product.terms

    def yuan(minor: int) -> str:
        return price_text(Money(minor, product.currency).value)

    return FormValues(
        {
            "addon_id": str(product.addon_id),
            "perils": [str(each) for each in terms.perils],
            "waiting_days": str(terms.waiting_days),
            "deductible": yuan(terms.deductible),
            "claim_limit": yuan(terms.claim_limit),
            "year_limit": yuan(terms.year_limit),
            "rates": text_of(product.rates),
            "version": str(product.version),
        }
    )
