"""Both languages are complete: every source text is translated, and every translation is used."""

import pytest

from app.platform.kernel.texts import catalogue
from app.platform.web.translation_check import translation_problems


@pytest.mark.slow(12, "reads every text of the program")
def test_every_text_has_its_english_and_every_translation_its_text() -> None:
    found = translation_problems()
    assert not found, (
        "complete the areas' translations/en.po (./run translations extract lists what is missing):\n"
        + "\n".join(found)
    )


def test_no_two_areas_translate_a_text_differently() -> None:
    assert catalogue("en")
