"""Terminology: preferred words in both languages, and one table of labels for each enumeration."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path

import pytest

from app.platform.kernel.texts import ROOT, catalogue

PREFERRED = {
    "派工": "派单",
    "审计日志": "操作记录",
    "总部访问": "访问授权",
}
"""Words that once stood beside the one that is used."""
PREFERRED_IN_ENGLISH = {"Classified": "Triaged", "classified": "triaged", "Headquarters' access": "Access grants"}

EXEMPT = {
    ("TicketState", "app/portals/employee/labels.py"): "an employee never reads a state's name",
    ("TicketState", "app/portals/client/labels.py"): "a timeline says what somebody did",
    ("Move", "app/portals/desk/timeline.py"): "a timeline says what somebody did",
    ("Move", "app/portals/desk/labels.py"): "what is told after a button was pressed",
    ("Step", "tenants/partners/messages.py"): "letters that tell of a step to the company that it is about",
    ("SubscriptionMove", "billing/subscriptions/notices.py"): "what a step means is told to those who pay",
    ("Measure", "app/portals/hq/quality_labels.py"): "sentences that explain a figure",
}
"""Enumerations that one more file may say in words of its own, and why."""


@pytest.mark.parametrize(("word", "instead"), PREFERRED.items())
def test_a_thing_has_one_word(word: str, instead: str) -> None:
    said = [text for text in catalogue("en") if word in text]
    assert not said, f"say {instead} for {word}: {said}"


@pytest.mark.parametrize(("word", "instead"), PREFERRED_IN_ENGLISH.items())
def test_a_thing_has_one_english_word(word: str, instead: str) -> None:
    said = [text for text in catalogue("en").values() if word in text]
    assert not said, f"say {instead} for {word}: {said}"


def test_a_code_is_put_into_words_in_one_place() -> None:
    """Two dictionaries for one enumeration drift apart: the hot-line's urgency was another than the policy's."""
    places: dict[type[Enum], set[str]] = defaultdict(set)
    for path in sorted(path for top in ("app", "tenants", "rbac", "billing") for path in (ROOT / top).rglob("*.py")):
        for enumeration in _labelled_enums(path):
            places[enumeration].add(path.relative_to(ROOT).as_posix())
    exceptions = {(enumeration.__name__, where) for enumeration, found in places.items() for where in found}
    assert exceptions >= set(EXEMPT), "take out of EXEMPT what is no longer said"
    several = {
        enumeration.__name__: sorted(found)
        for enumeration, files in places.items()
        if len(found := {where for where in files if (enumeration.__name__, where) not in EXEMPT}) > 1
    }
    assert not several, f"import the words from the area that owns the codes: {several}"


def _labelled_enums(path: Path) -> Iterator[type[Enum]]:
    """The enumerations whose members a module's dictionaries map to texts."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        value = getattr(node, "value", None)
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(value, ast.Dict):
            continue
        if any(_is_text(each) for each in value.values):
            names |= {
                key.value.id for key in value.keys if isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name)
            }
    if names:
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        yield from (getattr(module, name) for name in sorted(names))


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple):
        return any(_is_text(each) for each in node.elts)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_"
