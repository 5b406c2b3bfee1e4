"""As what a kind of charge is taxed, from a day on."""

from datetime import date, timedelta

from billing.pricebook import TaxItemView, tax_item_of

CHANGED = date(2027, 1, 1)
BEFORE, AFTER = CHANGED - timedelta(days=1), CHANGED
SERVICE = TaxItemView("", "信息技术服务", "3040203000000000000", "vat_6", date(2019, 4, 1), None)
PART = TaxItemView("part", "计算机配套产品", "1090512990000000000", "vat_13", date(2019, 4, 1), CHANGED)
LATER_PART = TaxItemView("part", "计算机配套产品", "1090512990000000000", "vat_9", CHANGED, None)
ITEMS = [SERVICE, PART, LATER_PART]


def test_what_has_no_item_of_its_own_is_taxed_as_all_others() -> None:
    assert tax_item_of(ITEMS, "travel", AFTER) == SERVICE


def test_the_day_decides_which_item_holds() -> None:
    assert [tax_item_of(ITEMS, "part", day).tax for day in (BEFORE, AFTER)] == ["vat_13", "vat_9"]


def test_a_charge_of_another_rate_stands_as_the_item_that_has_it() -> None:
    assert tax_item_of(ITEMS, "quoted", BEFORE, "vat_13") == PART
    assert tax_item_of(ITEMS, "quoted", BEFORE, "vat_6") == SERVICE
    assert tax_item_of(ITEMS, "quoted", BEFORE, "vat_3") == SERVICE
