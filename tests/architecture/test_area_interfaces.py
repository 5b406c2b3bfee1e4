"""The interfaces of areas: import-linter's contract tried on small graphs, and what the packages export."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import grimp
import pytest

from app.areas import PACKAGES
from tests.architecture.area_interface_contract import AreaInterfaceContract

ROOT: Final = Path(__file__).parents[2]
IMPORT: Final = re.compile(r"^ *from ([\w.]+) import (\([^)]*\)|[^\n(]+)", re.MULTILINE)
OPTIONS = {
    "areas": ["program.desk.*"],
    "public_modules": ["models"],
    "ways_in": ["commands"],
    "wiring": ["program.cli"],
}


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("program.portals.desk", "program.desk.tickets", True),
        ("program.portals.desk", "program.desk.tickets.models", True),
        ("program.portals.desk", "program.desk.tickets.services.workflow", False),
        ("program.portals.desk", "program.desk.tickets.commands", False),
        ("program.cli.tenants", "program.desk.tickets.commands", True),
        ("program.desk.ticketing", "program.desk.tickets.services", False),
        ("program.desk.tickets.api", "program.desk.tickets.services", True),
    ],
)
def test_from_outside_an_area_only_its_interface_is_imported(importer: str, imported: str, *, allowed: bool) -> None:
    graph = grimp.ImportGraph()
    graph.add_import(importer=importer, imported=imported, line_number=1, line_contents=f"import {imported}")
    for package in ("program.desk", "program.desk.tickets", "program.desk.tickets.services"):
        graph.add_module(package)
    contract = AreaInterfaceContract("interfaces", {}, {"name": "interfaces", **OPTIONS})
    assert contract.check(graph, verbose=False).kept is allowed


def test_an_area_exports_only_what_others_use() -> None:
    sources = {
        path.relative_to(ROOT): path.read_text()
        for top in ("app", "billing", "rbac", "tenants", "migrations", "tests")
        for path in (ROOT / top).rglob("*.py")
    }
    imported = defaultdict[str, set[str]](set)
    for source in sources.values():
        for module, names in IMPORT.findall(source):
            imported[module] |= set(re.findall(r"\w+", re.sub(r" as \w+", "", names)))
    # What a room of billing promises to the rooms above it is there before they are.
    unused = [
        f"{package}: {name}"
        for package in (package for area in PACKAGES for package in (area, f"{area}.web_interface"))
        if not package.startswith("billing.")
        for name in _exports(sources, package)
        if name not in imported[package]
    ]
    assert not unused, f"nobody outside imports these, take them out of the package: {unused}"


def _exports(sources: Mapping[Path, str], package: str) -> Iterator[str]:
    """What a package imports in order to hand it on."""
    folder = Path(*package.split("."))
    source = sources.get(folder / "__init__.py") or sources.get(folder.with_suffix(".py")) or ""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package.removesuffix(".web_interface")):
            yield from (alias.asname or alias.name for alias in node.names)
