"""Every text of identity has its English, and none is left over."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import app.people.identity

AREA = Path(app.people.identity.__file__).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}


def test_code_and_catalogue_hold_the_same_texts() -> None:
    found = extract_from_dir(AREA, METHODS, OPTIONS, keywords={"_": None, "N_": None})
    with (AREA / "translations/en.po").open("rb") as stream:
        english = {str(entry.id): str(entry.string) for entry in read_po(stream) if entry.id}

    assert {str(message) for _, _, message, _, _ in found} == set(english)
    assert all(english.values())
