"""The audit actions that the product writes, read from its source."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from app.agreements.sla.models import ServiceCalendarRecord, SlaPolicy
from app.agreements.sla.services import calendars_and_policies
from app.assets.clients.models import Client, Contact, Department, Employee, Site
from app.assets.clients.services import records
from app.desk.security.models import BulletinEdition
from app.desk.tickets.models import ServiceReport
from app.platform.documents import editions, signing
from app.platform.http import audited_reads
from app.platform.imports import records as imported_records
from app.platform.kernel import unit_of_work
from app.platform.kernel.texts import ROOT
from billing.contracts.agreement.models import AgreedContract, OfferedContract
from billing.data_recovery.models import CustodyReceipt, DisposalCertificate
from billing.invoicing.credit_models import CreditNoteDocument
from billing.invoicing.models import InvoiceDocument
from billing.quotes.models import OfferedQuote

PRODUCT = ("app", "tenants", "billing", "rbac")
WRITING = {"audit": 0, "audit_rows": 0, "audit_as": 1, "Audited": 0, "audit_values": 3}
"""What writes an entry, and the place of the action among its arguments; the kind of record follows."""
PASSING_ON = {unit_of_work.__name__, audited_reads.__name__}
"""What hands an action on that its callers name."""
DOCUMENTS = [model.__tablename__ for model in (ServiceReport, CustodyReceipt, DisposalCertificate)]
"""Kinds of documents that are numbered and signed on the screen; offers and invoices are only numbered."""
KINDS = {
    editions.__name__: [
        *DOCUMENTS,
        *(model.__tablename__ for model in (AgreedContract, BulletinEdition, CreditNoteDocument)),
        *(model.__tablename__ for model in (InvoiceDocument, OfferedContract, OfferedQuote)),
    ],
    signing.__name__: DOCUMENTS,
    records.__name__: [model.__tablename__ for model in (Contact, Department, Employee, Site)],
    calendars_and_policies.__name__: [model.__tablename__ for model in (ServiceCalendarRecord, SlaPolicy)],
    imported_records.__name__: [model.__tablename__ for model in (Client, Contact, Department, Employee, Site)],
}
"""What the kind may be in services that several kinds of records share."""


class Call(NamedTuple):
    """A call that writes an entry, with the function around it."""

    path: str
    node: ast.Call
    place: int
    around: ast.FunctionDef | ast.AsyncFunctionDef | None

    @property
    def where(self) -> str:
        """File and line."""
        return f"{self.path}:{self.node.lineno}"

    @property
    def module(self) -> str:
        """Dotted name."""
        return ".".join(Path(self.path).with_suffix("").parts)


@cache
def sources() -> Mapping[str, ast.Module]:
    """Path → syntax tree of every module of the product."""
    paths = [path for folder in PRODUCT for path in sorted((ROOT / folder).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def writing_calls() -> Iterator[Call]:
    """Everything that writes an entry."""
    for path, tree in sources().items():
        yield from (Call(path, node, WRITING[name], around) for name, node, around in _calls(tree) if name in WRITING)


def written_actions() -> Iterator[tuple[str, str]]:
    """(where, action) of everything that can be written.

    Raises:
        AssertionError: an action is put together in a way that nobody can look up.
    """
    for call in writing_calls():
        if call.module not in PASSING_ON:
            for action in _meant(call.node.args[call.place], call, sources()[call.path]):
                yield call.where, action
    for path, tree in sources().items():
        for name, node, _ in _calls(tree):
            if name == imported_records.records_of.__name__:
                yield from (
                    (f"{path}:{node.lineno}", f"{ast.literal_eval(each.value)}.changed")
                    for each in node.keywords
                    if each.arg == "record_kind"
                )


def _meant(node: ast.expr, call: Call, tree: ast.Module) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(action)):
            yield action
        case ast.IfExp(body=body, orelse=orelse):
            yield from _meant(body, call, tree)
            yield from _meant(orelse, call, tree)
        case ast.Subscript(value=ast.Name(id=table)):
            yield from getattr(import_module(call.module), table).values()
        case ast.JoinedStr(values=[ast.FormattedValue(), ast.Constant(value=str(rest))]) if call.module in KINDS:
            yield from (f"{kind}{rest}" for kind in KINDS[call.module])
        case ast.Name(id=name) if call.around and name in (names := [each.arg for each in call.around.args.args]):
            place = names.index(name) - ("self" in names)
            for called, caller, around in _calls(tree):
                if called == call.around.name:
                    yield from _meant(caller.args[place], Call(call.path, caller, place, around), tree)
        case _:
            raise AssertionError(
                f"{call.where}: write the action out, or look it up in a table of actions "
                f"(like MOVE_ACTIONS in app/desk/tickets/lifecycle.py), so that it can be found: {ast.unparse(node)}"
            )


def _calls(
    node: ast.AST, around: ast.FunctionDef | ast.AsyncFunctionDef | None = None
) -> Iterator[tuple[str, ast.Call, ast.FunctionDef | ast.AsyncFunctionDef | None]]:
    """(name, call, function around it) of every call below `node`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            name = child.func.attr if isinstance(child.func, ast.Attribute) else getattr(child.func, "id", "")
            yield name, child, around
        inside = child if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else around
        yield from _calls(child, inside)
