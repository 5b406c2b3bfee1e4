"""Fast ways to the database have one door, and every user stands in docs/fast-paths.md with its reason."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from app.platform.kernel.texts import ROOT

PAGE = ROOT / "docs" / "fast-paths.md"
DOOR = "app.platform.kernel.performance"
FOLDER = ROOT / DOOR.replace(".", "/")


def test_the_page_names_every_user_of_the_fast_ways() -> None:
    listed = re.findall(r"^\| `([\w/]+\.py)` \| [^|]+ \|$", PAGE.read_text(), flags=re.MULTILINE)
    users = {str(path.relative_to(ROOT)) for path, _ in _imports()}
    assert listed == sorted(listed)
    assert users - set(listed) == set(), "measure first, then say in docs/fast-paths.md why the usual way is too slow"
    assert set(listed) - users == set(), "take out of docs/fast-paths.md who goes the usual way"


def test_the_product_comes_in_by_the_door() -> None:
    inside = {f"{path.relative_to(ROOT)}: {name}" for path, name in _imports() if name.startswith(f"{DOOR}.")}
    assert not inside, f"import from {DOOR}: {sorted(inside)}"


def _imports() -> Iterator[tuple[Path, str]]:
    """Each file outside the package, and what it imports from there; only files that name the package are parsed."""
    for top in ("app", "tenants", "billing", "rbac"):
        for path in (ROOT / top).rglob("*.py"):
            if FOLDER in path.parents or DOOR not in (source := path.read_text()):
                continue
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(DOOR):
                    yield path, node.module
