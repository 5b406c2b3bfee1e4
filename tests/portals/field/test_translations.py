"""Every text of the engineer's pages has its English, and none is left over."""

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.platform.kernel.texts import ROOT

METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}


def test_code_and_catalogue_hold_the_same_texts() -> None:
    folder = ROOT / "app/portals/field"
    found = extract_from_dir(folder, METHODS, OPTIONS, keywords={"_": None, "N_": None})
    with (folder / "translations/en.po").open("rb") as stream:
        english = {str(entry.id): str(entry.string) for entry in read_po(stream, locale="en") if entry.id}
    assert {str(message) for _, _, message, _, _ in found} == set(english)
    assert all(english.values())
