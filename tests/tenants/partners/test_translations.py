"""Every text of the area has its English."""

import ast
from pathlib import Path

from babel.messages.pofile import read_po

import tenants.partners

AREA = Path(tenants.partners.__file__).parent


def texts_in_the_code() -> set[str]:
    """Chinese literals given to `N_`."""
    return {
        ast.literal_eval(node.args[0])
        for path in AREA.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_"
    }


def test_code_and_catalogue_hold_the_same_texts() -> None:
    with (AREA / "translations/en.po").open("rb") as stream:
        english = {str(entry.id): str(entry.string) for entry in read_po(stream) if entry.id}
    assert texts_in_the_code() == set(english)
    assert all(english.values())
