"""Import-linter's contract "area_interfaces": from outside an area, only its interface is imported."""

from typing import Any, ClassVar

import grimp
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.helpers import module_expressions_to_modules


class AreaInterfaceContract(Contract):
    """Whoever stands outside an area imports its package or one of its `public_modules`; the `wiring`, which starts
    processes, its `ways_in` too. An area is each package that `areas` names.

    Import-linter's own `protected` would need a contract for each area; this one holds for areas to come.
    """

    type_name: ClassVar[str] = "area_interfaces"

    areas: Any = fields.ListField(subfield=fields.ModuleExpressionField())
    public_modules: Any = fields.ListField(subfield=fields.StringField())
    ways_in: Any = fields.ListField(subfield=fields.StringField())
    wiring: Any = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        found = [
            f"{importer} l.{detail['line_number']}: {detail['line_contents']}"
            for area in self._packages(graph)
            for inner in sorted(graph.find_descendants(area))
            for importer in sorted(graph.find_modules_that_directly_import(inner))
            if not _inside(importer, area) and not self._open_to(importer, inner.removeprefix(f"{area}."))
            for detail in graph.get_import_details(importer=importer, imported=inner)
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["found"]:
            output.print_error(line)
        output.print_error(
            "Import the name from the area's package (`from app.desk.tickets import TicketQueries`). If its __init__ "
            "does not export it, decide there whether others may use it; what only the web needs is exported by the "
            "area's web_interface.py."
        )

    def _packages(self, graph: grimp.ImportGraph) -> list[str]:
        modules = module_expressions_to_modules(graph, self.areas, as_packages=False)
        return sorted(module.name for module in modules if graph.find_children(module.name))

    def _open_to(self, importer: str, inner: str) -> bool:
        if inner in self.public_modules:
            return True
        return inner.rpartition(".")[2] in self.ways_in and any(_inside(importer, each) for each in self.wiring)


def _inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
