"""A scene that several modules need stands once, in the `conftest.py` above them."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]


def fixtures(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            decorators = [each.func if isinstance(each, ast.Call) else each for each in node.decorator_list]
            if "pytest.fixture" in map(ast.unparse, decorators):
                yield node


def body_of(fixture: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """What the fixture does, its docstring left out."""
    statements = fixture.body[1:] if ast.get_docstring(fixture) else fixture.body
    return "\n".join(map(ast.unparse, statements))


def test_no_two_modules_make_the_same_scene() -> None:
    made: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted(TESTS.rglob("*.py")):
        for fixture in fixtures(ast.parse(path.read_text())):
            made[body_of(fixture)][path.relative_to(TESTS).as_posix()] = fixture.name
    twice = [places for places in made.values() if len(places) > 1]
    assert twice == [], "Let one definition stand in the nearest conftest.py above both."
