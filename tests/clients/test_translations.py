"""Every text of the partner's set-up areas has its English, and none is left over."""

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.platform.kernel.texts import ROOT

METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}


@pytest.mark.parametrize("area", ["catalogue", "clients", "engineers"])
def test_code_and_catalogue_hold_the_same_texts(area: str) -> None:
    folder = ROOT / "app" / area
    found = extract_from_dir(folder, METHODS, OPTIONS, keywords={"_": None, "N_": None, "translate": None})
    with (folder / "translations/en.po").open("rb") as stream:
        english = {str(entry.id): str(entry.string) for entry in read_po(stream, locale="en") if entry.id}
    assert {str(message) for _, _, message, _, _ in found} == set(english)
    assert all(english.values())
