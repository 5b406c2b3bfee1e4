"""The word in a partner's portal address."""

import pytest

from tenants.partners.errors import SlugInvalid, SlugReserved
from tenants.partners.slugs import normalise_slug


@pytest.mark.parametrize(
    ("typed", "kept"), [("xiamen-it", "xiamen-it"), (" Luguang ", "luguang"), ("ｌｕ９", "lu9"), ("a-1-b", "a-1-b")]
)
def test_slugs_are_brought_to_one_form(typed: str, kept: str) -> None:
    assert normalise_slug(typed) == kept


@pytest.mark.parametrize("typed", ["", "lu", "9lu", "-lu9", "lu9-", "lu--9", "鹭光", "lu_9", "a" * 31, "lu.9", "lu/9"])
def test_other_forms_are_refused(typed: str) -> None:
    with pytest.raises(SlugInvalid):
        normalise_slug(typed)


@pytest.mark.parametrize("typed", ["admin", "API", "workspace", "yinghuo", "sign-in"])
def test_our_own_words_are_refused(typed: str) -> None:
    with pytest.raises(SlugReserved):
        normalise_slug(typed)
