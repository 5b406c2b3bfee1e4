"""Every posted form is `novalidate`, because browsers show validation messages in their own language."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_EXPRESSION = r"\{\{.*?\}\}|\{%.*?%\}"
_FORM = re.compile(rf"(?:<form\b|^method=)(?:{_EXPRESSION}|[^>])*?(?:>|$)", re.DOTALL | re.MULTILINE)
"""A form's opening, or what a macro writes into one (a line that begins with its method)."""


def forms_that_send() -> Iterator[tuple[str, str]]:
    """Every form of a template that changes something, with the file that it stands in."""
    for path in sorted((ROOT / "app").rglob("templates/**/*.html")):
        for found in _FORM.finditer(path.read_text(encoding="utf-8")):
            if 'method="post"' in found[0]:
                yield str(path.relative_to(ROOT)), found[0]


def test_no_form_lets_the_browser_speak() -> None:
    forms = list(forms_that_send())
    speaking = [f"{name}: {form}" for name, form in forms if "novalidate" not in form]
    assert len(forms) > 100
    assert speaking == [], (
        "a browser would say in its own language what is missing, in a bubble that a bar may cover. Write "
        "`novalidate`: fields.js says it beside the field in the page's language, and without script the server does"
    )


def test_every_face_has_the_script_that_says_what_is_missing() -> None:
    scripts = ROOT / "app/platform/web/assets/src/js"
    for face in ("base", "employee", "engineer", "workspace"):
        first = (scripts / f"{face}.js").read_text(encoding="utf-8").partition("import ")[2]
        assert first.startswith('"./fields.js"'), f"{face}.js: before everything else that listens to a submission"


def test_nobody_has_confirmed_before_they_did() -> None:
    ticked = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in sorted((ROOT / "app").rglob("templates/**/*.html"))
        for found in re.finditer(r"checkbox\([^\n]*checked=true", path.read_text(encoding="utf-8"))
        if "gallery" not in path.parts
    ]
    assert ticked == [], "what somebody states or agrees to, they tick themselves"


def test_the_colour_of_the_next_step_is_not_spent_on_corrections() -> None:
    spent = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in sorted((ROOT / "app").rglob("templates/**/*.html"))
        for found in re.finditer(
            r'button\((?:(?!button\()[^\n])*?"primary"(?:(?!button\()[^\n])*?drawing="(?:edit|pencil)"',
            path.read_text(encoding="utf-8"),
        )
    ]
    assert spent == [], "amber shows the next step of the work; changing what is there is a plain button"
