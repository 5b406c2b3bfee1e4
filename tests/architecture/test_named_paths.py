"""Files and modules that rules name exist: an exemption of a file that has moved would exempt nothing, in silence."""

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from app.platform.kernel.texts import ROOT

TESTS = ROOT / "tests"
FILE = re.compile(r"(?:[\w-]+/)*[\w-]+\.(?:py|html|typ|css|js|md|toml|ini)")
"""A path from the root of the repository or of the tests; a name alone counts where a dictionary or set lists it."""
MODULE = re.compile(r"(?:app|tenants|rbac|billing|migrations|tests)(?:\.[a-z]\w*)+")


def test_files_that_rules_name_exist() -> None:
    gone = [
        f"{where}: {text}"
        for where, text, listed in _texts()
        if FILE.fullmatch(text) and (listed or "/" in text) and not _exists(text)
    ]
    assert not gone, f"these files are not there (moved? then follow them; deleted? then take them out): {gone}"


def test_modules_that_rules_name_exist() -> None:
    gone = [f"{where}: {text}" for where, text, _ in _texts() if MODULE.fullmatch(text) and not _importable(text)]
    assert not gone, f"these modules are not there (moved? then follow them; deleted? then take them out): {gone}"


def _texts() -> Iterator[tuple[str, str, bool]]:
    """Every string of the rules: where it stands, what it says, whether a dictionary or set lists it. What decorates
    a test is an example."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text())
        listed = {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.Dict | ast.Set)
            for key in (node.keys if isinstance(node, ast.Dict) else node.elts)
            if key is not None
            for part in ast.walk(key)
        }
        examples = {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            for decorator in node.decorator_list
            for part in ast.walk(decorator)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in examples:
                yield f"{path.name}:{node.lineno}", node.value, id(node) in listed


def _exists(text: str) -> bool:
    return (ROOT / text).exists() or (TESTS / text).exists()


def _importable(text: str) -> bool:
    """Whether it is a module, or something in one."""
    package, _, name = text.rpartition(".")
    try:
        return find_spec(text) is not None or bool(_in(package, name))
    except ModuleNotFoundError:
        return _in(package, name)


def _in(package: str, name: str) -> bool:
    spec = find_spec(package)
    return (
        spec is not None and spec.origin is not None and bool(re.search(rf"\b{name}\b", Path(spec.origin).read_text()))
    )
