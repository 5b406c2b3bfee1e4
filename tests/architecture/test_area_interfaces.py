"""Import-linter's contract on the interfaces of areas, tried on small graphs."""

import grimp
import pytest

from tests.architecture.area_interface_contract import AreaInterfaceContract

OPTIONS = {
    "areas": ["app.desk.*"],
    "public_modules": ["models"],
    "ways_in": ["commands"],
    "wiring": ["app.cli"],
}


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("app.portals.desk", "app.desk.tickets", True),
        ("app.portals.desk", "app.desk.tickets.models", True),
        ("app.portals.desk", "app.desk.tickets.services.workflow", False),
        ("app.portals.desk", "app.desk.tickets.commands", False),
        ("app.cli.tenants", "app.desk.tickets.commands", True),
        ("app.desk.ticketing", "app.desk.tickets.services", False),
        ("app.desk.tickets.api", "app.desk.tickets.services", True),
    ],
)
def test_from_outside_an_area_only_its_interface_is_imported(importer: str, imported: str, *, allowed: bool) -> None:
    graph = grimp.ImportGraph()
    graph.add_import(importer=importer, imported=imported, line_number=1, line_contents=f"import {imported}")
    for package in ("app.desk", "app.desk.tickets", "app.desk.tickets.services"):
        graph.add_module(package)
    contract = AreaInterfaceContract("interfaces", {}, {"name": "interfaces", **OPTIONS})
    assert contract.check(graph, verbose=False).kept is allowed
