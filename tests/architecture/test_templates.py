"""What a template takes from another is there; Jinja itself says so only when the page is drawn."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = {
    path.as_posix().rpartition("/templates/")[2]: path.read_text()
    for package in ("app", "billing", "rbac", "tenants")
    for path in (ROOT / package).glob("**/templates/**/*.html")
}
_IMPORTED = re.compile(r'{%-?\s*from "([^"]+)" import (.+?)(?: with(?:out)? context)?\s*-?%}')
_DEFINED = re.compile(r"{%-?\s*(?:macro|set)\s+(\w+)")


def test_every_macro_that_is_imported_is_defined() -> None:
    missing = [
        f"{template}: {name} of {source}"
        for template, text in TEMPLATES.items()
        for source, names in _IMPORTED.findall(text)
        for name in (each.split(" as ")[0].strip() for each in names.split(","))
        if name not in _DEFINED.findall(TEMPLATES[source])
    ]
    assert missing == []
