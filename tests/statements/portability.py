"""Whether a statement runs the same on one PostgreSQL and on tables that are spread over many by `tenant_id`.

Two things are asked of each statement. First, that it names one tenant on every tenant table that it touches: by a
parameter, or by equality with the `tenant_id` of a table that does. An outer join says so in its own ON, because a
condition elsewhere does not find the shard of the side that may be missing. Second, that it uses nothing that shards
refuse, or do differently. docs/scaling.md tells why.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from pglast import ast, parse_sql
from pglast.enums import A_Expr_Kind, BoolExprType, JoinType, SetOperation
from pglast.parser import ParseError

from tests.statements.exemptions import ACROSS_TENANTS, FILTERED_BY_PATTERN, IMMUTABLE, SEARCHED
from tests.statements.statement_recorder import Sent

TENANT: Final = "tenant_id"
CONTEXT: Final = "app.actor"
APPLICATION: Final = "yinghuo_app"

_VALUE = ("", "")
"""Stands for a parameter or a constant, as the place where a tenant may be known from."""

_PATTERN_OPERATORS = frozenset({"~~", "~~*", "!~~", "!~~*", "~", "~*", "@@", "@>", "<@", "?", "?|", "?&"})
_REFUSED_FUNCTIONS = {
    "set_config": "set_config does not reach the other nodes: use SET LOCAL as the transaction's first statement",
    "nextval": "a sequence is one node's own: make ids in the application, numbers from `counter`",
    "currval": "a sequence is one node's own: make ids in the application, numbers from `counter`",
    "setval": "a sequence is one node's own: make ids in the application, numbers from `counter`",
}
_REFUSED_STATEMENTS = {
    ast.MergeStmt: "MERGE is not there for distributed tables: use INSERT … ON CONFLICT",
    ast.CopyStmt: "COPY passes by row-level security's checks or is refused: insert rows",
    ast.CreateTrigStmt: "no triggers: keep `updated_at` and audit in the application",
    ast.TruncateStmt: "TRUNCATE ignores row-level security: delete",
    ast.LockStmt: "LOCK TABLE holds one node only: lock rows of one tenant",
}
_OUTER = {JoinType.JOIN_LEFT: (False, True), JoinType.JOIN_RIGHT: (True, False), JoinType.JOIN_FULL: (True, True)}
"""Which sides of a join may be missing."""

Place = tuple[str, str]
"""An alias and the nesting level that it was given on."""


class Complaint(NamedTuple):
    """What is wrong with a statement, in words that say what to do."""

    sent: Sent
    reason: str


def complaints(sent: Sent, tenant_tables: frozenset[str]) -> list[Complaint]:
    """Everything that keeps a statement from running the same everywhere."""
    try:
        statements = [raw.stmt for raw in parse_sql(sent.text)]
    except ParseError as error:
        return [Complaint(sent, f"PostgreSQL's own grammar does not read this: {error}")]
    reading = _Reading(sent.role, tenant_tables)
    for statement in statements:
        reading.read(statement)
    return [Complaint(sent, reason) for reason in dict.fromkeys(reading.reasons)]


@dataclass
class _Level:
    """One SELECT, UPDATE or DELETE: its tables by alias, and which of them are known to be one tenant's."""

    above: "_Level | None"
    tables: dict[str, str] = field(default_factory=dict)
    """alias → table, "" for what is no table."""
    checked: set[str] = field(default_factory=set)
    """Aliases of tenant tables."""
    bound: set[str] = field(default_factory=set)
    inside: list[Any] = field(default_factory=list)
    """Queries and expressions in FROM, read when everything that binds this level is known."""
    links: list[tuple[str, str]] = field(default_factory=list)
    """(from, to): when `from` is bound, `to` is. "" is a value, and always bound."""

    def holder(self, alias: str) -> "_Level | None":
        if alias in self.tables:
            return self
        return None if self.above is None else self.above.holder(alias)


@dataclass
class _Joined:
    """What a part of FROM brings: its aliases, and those of them that may be missing."""

    aliases: set[str]
    missing: set[str]


class _Reading:
    """One pass over one text."""

    def __init__(self, role: str, tenant_tables: frozenset[str]) -> None:
        self._role = role
        self._tenant_tables = tenant_tables
        self.reasons: list[str] = []

    def read(self, statement: Any) -> None:
        for kind, reason in _REFUSED_STATEMENTS.items():
            if isinstance(statement, kind):
                self.reasons.append(reason)
                return
        if isinstance(statement, ast.VariableSetStmt):
            self._setting(statement)
        elif isinstance(statement, (ast.SelectStmt, ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt)):
            self._functions(statement)
            self._query(statement, None, frozenset())
        elif isinstance(statement, ast.VacuumStmt) and not statement.is_vacuumcmd:
            return  # ANALYZE reaches every shard and changes no row
        elif not isinstance(statement, ast.TransactionStmt):
            self.reasons.append(f"{type(statement).__name__}: only migrations and `db prepare` change what is there")

    def _setting(self, statement: Any) -> None:
        if statement.name in ("role", "session_authorization"):
            self.reasons.append("SET ROLE inside a transaction stays on one node: connect as the role")
        elif statement.name == "TRANSACTION" and {each.defname for each in statement.args} == {"transaction_read_only"}:
            # READ ONLY: the node that plans a statement refuses to write, so it need not be carried anywhere.
            return
        elif statement.name != CONTEXT or not statement.is_local:
            self.reasons.append(f"SET {statement.name}: only SET LOCAL {CONTEXT} is carried to the other nodes")

    def _functions(self, statement: Any) -> None:
        for call in _all(statement, ast.FuncCall):
            name = _name_of(call)
            if name in _REFUSED_FUNCTIONS:
                self.reasons.append(_REFUSED_FUNCTIONS[name])
            if name.startswith(("pg_advisory", "pg_try_advisory")):
                self.reasons.append("an advisory lock holds on one node only: lock a row of the tenant")

    # --- queries -----------------------------------------------------------------------------------

    def _query(self, statement: Any, above: _Level | None, names: frozenset[str]) -> None:
        """`names` are those of common table expressions in sight."""
        if statement.withClause is not None:
            for expression in statement.withClause.ctes:
                inside = names | {expression.ctename} if statement.withClause.recursive else names
                self._query(expression.ctequery, above, inside)
                names |= {expression.ctename}
        if isinstance(statement, ast.SelectStmt):
            self._select(statement, above, names)
        elif isinstance(statement, ast.InsertStmt):
            self._insert(statement, above, names)
        elif isinstance(statement, ast.UpdateStmt):
            self._change(statement, above, names, statement.fromClause)
            self._computed(statement.targetList, "UPDATE … SET")
        else:
            self._change(statement, above, names, statement.usingClause)

    def _select(self, statement: Any, above: _Level | None, names: frozenset[str]) -> None:
        if statement.op != SetOperation.SETOP_NONE:
            self._query(statement.larg, above, names)
            self._query(statement.rarg, above, names)
            return
        level = _Level(above)
        self._from(statement.fromClause or (), statement.whereClause, level, names)
        parts = (statement.targetList, statement.whereClause, statement.havingClause, statement.groupClause)
        self._inner(parts, level, names)
        self._inner((statement.sortClause, statement.valuesLists, statement.limitCount), level, names)
        self._settle(level, locking=bool(statement.lockingClause))

    def _insert(self, statement: Any, above: _Level | None, names: frozenset[str]) -> None:
        table, rows = statement.relation.relname, statement.selectStmt
        if table in self._tenant_tables and TENANT not in [column.name for column in statement.cols or ()]:
            self.reasons.append(f"INSERT INTO {table} must name {TENANT}: it finds the shard")
        if rows is not None:
            self._query(rows, above, names)
            if not rows.valuesLists and statement.returningClause is None:
                self.reasons.append(
                    f"INSERT INTO {table} SELECT without RETURNING is planned in another way on shards and skips the "
                    "policy: add RETURNING, or read first and insert rows"
                )
        if statement.onConflictClause is not None:
            self._computed(statement.onConflictClause.targetList, "DO UPDATE SET")

    def _change(self, statement: Any, above: _Level | None, names: frozenset[str], others: Any) -> None:
        level = _Level(above)
        self._from((statement.relation, *(others or ())), statement.whereClause, level, names)
        targets = getattr(statement, "targetList", None)
        self._inner((statement.whereClause, targets, statement.returningClause), level, names)
        self._settle(level, locking=True)

    def _computed(self, targets: Any, where: str) -> None:
        """Values that differ from node to node, or from one run to the next, do not belong into a write."""
        for target in targets or ():
            for call in _all(target, ast.FuncCall):
                if (name := _name_of(call)) not in IMMUTABLE:
                    self.reasons.append(f"{name}() in {where}: compute the value in the application")
            for _ in _all(target, ast.SQLValueFunction):
                self.reasons.append(f"the time or user of the node in {where}: compute the value in the application")

    # --- which tenant ------------------------------------------------------------------------------

    def _from(self, parts: Iterable[Any], condition: Any, level: _Level, names: frozenset[str]) -> None:
        missing: set[str] = set()
        for part in parts:
            missing |= self._part(part, level, names).missing
        self._link(condition, level, barred=missing)
        self._patterns(condition, level)
        for each in level.inside:
            if isinstance(each, ast.RangeSubselect):
                self._query(each.subquery, level, names)
            else:
                self._inner((each,), level, names)

    def _part(self, part: Any, level: _Level, names: frozenset[str]) -> _Joined:
        if isinstance(part, ast.JoinExpr):
            return self._join(part, level, names)
        alias = str(part.alias.aliasname if part.alias is not None else getattr(part, "relname", ""))
        if isinstance(part, ast.RangeVar):
            known = part.relname in names and part.schemaname is None
            level.tables[alias] = "" if known else str(part.relname)
            if known:
                level.bound.add(alias)  # what it holds was checked where it was written
            elif part.relname in self._tenant_tables:
                level.checked.add(alias)
        else:
            level.tables[alias] = ""
            if isinstance(part, ast.RangeSubselect):
                level.inside.append(part)
                level.bound.add(alias)
        return _Joined({alias}, set())

    def _join(self, join: Any, level: _Level, names: frozenset[str]) -> _Joined:
        left, right = self._part(join.larg, level, names), self._part(join.rarg, level, names)
        both = left.aliases | right.aliases
        missing = left.missing | right.missing
        if join.jointype in _OUTER:
            may_miss = [side.aliases for side, may in zip((left, right), _OUTER[join.jointype], strict=True) if may]
            # ON narrows the side that may be missing, and nothing else.
            self._link(join.quals, level, barred=(both - set().union(*may_miss)) | missing)
            missing |= set().union(*may_miss)
        else:
            self._link(join.quals, level, barred=missing)
        self._patterns(join.quals, level)
        level.inside.append(join.quals)
        return _Joined(both, missing)

    def _link(self, condition: Any, level: _Level, *, barred: set[str]) -> None:
        """Note every equality of `tenant_id` that must hold; `barred` aliases are not narrowed by it."""
        for one, other in _equalities(condition):
            ends = [self._end(each, level) for each in (one, other)]
            if ends[0] is None or ends[1] is None:
                continue
            for source, target in ((ends[0], ends[1]), (ends[1], ends[0])):
                if target and target not in barred:
                    level.links.append((source, target))

    def _end(self, expression: Any, level: _Level) -> str | None:
        """An alias whose `tenant_id` this is, "" for something known, None for anything else."""
        while isinstance(expression, ast.TypeCast):
            expression = expression.arg
        if isinstance(expression, (ast.ParamRef, ast.A_Const)):
            return ""
        if not isinstance(expression, ast.ColumnRef):
            return None
        alias, name = _words(expression, level)
        if name != TENANT:
            return None
        if alias in level.tables:
            return alias
        holder = level.holder(alias)
        return "" if holder is not None and alias in _bound(holder) else None

    def _settle(self, level: _Level, *, locking: bool) -> None:
        bound = _bound(level)
        for alias in sorted(level.checked - bound):
            table = level.tables[alias]
            if (self._role, table) in ACROSS_TENANTS and not locking:
                continue
            self.reasons.append(
                f"{table}{'' if alias == table else f' AS {alias}'} is not bound to one tenant: say {TENANT} = the "
                f"tenant, or = the {TENANT} of a table that is bound; an outer join says so in its ON"
            )

    # --- what is inside ----------------------------------------------------------------------------

    def _inner(self, parts: Iterable[Any], level: _Level, names: frozenset[str]) -> None:
        for part in parts:
            for link in _all(part, ast.SubLink, stop=ast.SelectStmt):
                self._query(link.subselect, level, names)

    def _patterns(self, condition: Any, level: _Level) -> None:
        if self._role != APPLICATION:
            return
        for expression in _all(condition, ast.A_Expr, stop=ast.SelectStmt):
            operator = _operator(expression)
            lowered = [call for call in _all(expression, ast.FuncCall) if _name_of(call) in ("lower", "upper")]
            if operator not in _PATTERN_OPERATORS and not lowered:
                continue
            word = operator if operator in _PATTERN_OPERATORS else f"{_name_of(lowered[0])}()"
            for column in _all(expression, ast.ColumnRef):
                table = _table_of(column, level)
                searched = word in ("~~", "~~*") and column.fields[-1].sval in SEARCHED.get(table, ())
                if table in self._tenant_tables and table not in FILTERED_BY_PATTERN and not searched:
                    self.reasons.append(
                        f"{word} on {table} is no index condition under row-level security: store the column "
                        "normalised and compare by = or a range; small tables stand in tests/statements/exemptions.py"
                    )


def _bound(level: _Level) -> set[str]:
    bound = {"", *level.bound}
    grown = True
    while grown:
        found = {target for source, target in level.links if source in bound}
        grown = not found <= bound
        bound |= found
    return bound


def _equalities(condition: Any) -> Iterator[tuple[Any, Any]]:
    """Both sides of every `=` that must hold for the condition to hold."""
    parts: list[Any] = [condition]
    while parts:
        part = parts.pop()
        if isinstance(part, ast.BoolExpr) and part.boolop == BoolExprType.AND_EXPR:
            parts += part.args or ()
        elif isinstance(part, ast.A_Expr) and part.kind == A_Expr_Kind.AEXPR_OP and _operator(part) == "=":
            sides = [each.args if isinstance(each, ast.RowExpr) else (each,) for each in (part.lexpr, part.rexpr)]
            yield from zip(*[side or () for side in sides], strict=True)


def _operator(expression: Any) -> str:
    return str(expression.name[-1].sval)


def _words(column: Any, level: _Level) -> tuple[str, str]:
    """A column's alias and name; without a written alias that of the level's first table."""
    words = [str(getattr(word, "sval", "*")) for word in column.fields]
    return (words[-2] if len(words) > 1 else next(iter(level.tables), "")), words[-1]


def _table_of(column: Any, level: _Level) -> str:
    alias, _ = _words(column, level)
    holder = level.holder(alias)
    return "" if holder is None else holder.tables[alias]


def _name_of(call: Any) -> str:
    return str(call.funcname[-1].sval)


def _all(node: Any, kind: type[Any], stop: type[Any] | None = None) -> Iterator[Any]:
    """Every node of `kind` below `node`, itself included; not below a node of `stop`."""
    if node is None:
        return
    if isinstance(node, (tuple, list)):
        for each in node:
            yield from _all(each, kind, stop)
        return
    if not isinstance(node, ast.Node):
        return
    if isinstance(node, kind):
        yield node
    for name in node:
        child = getattr(node, name)
        if stop is None or not isinstance(child, stop):
            yield from _all(child, kind, stop)
