"""Error codes, audit actions, events and permissions have one form each, and name records that people know.

What is outside the program depends on these names; docs/conventions.md ("Codes") explains how to choose one.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from app.people.audit.former_names import FORMER_ACTIONS, FORMER_AREAS, FORMER_PERMISSIONS
from app.people.audit.labels import action_labels, groups, records_of
from app.platform.kernel.areas import areas
from rbac import Permission, permission_codes
from tests.architecture.audit_calls import sources, written_actions

RECORDS = frozenset(record for prefix in groups() for record in records_of(prefix)) | frozenset(
    {
        *(
            "access_grant",
            "admission",
            "agreed_contract",
            "api_token",
            "application",
            "archive",
            "audit_anchor",
            "audit_log",
        ),
        *("catalogue", "client", "clock", "command", "confidentiality_agreement", "contact", "corrective_action"),
        *("credit_code", "delivery", "department", "device", "document", "email_address"),
        *("employee", "engineer", "escalation", "escalation_contact", "file", "identity_provider", "image"),
        *("installation", "invitation", "label", "member", "mobile_number", "network_finance", "network_quality"),
        *("note", "partner"),
        *("partner_letter", "password", "pdf", "personal_data", "phone_number", "photo", "pin", "quality_threshold"),
        *("reporter", "retention", "role", "second_factor", "service_calendar", "service_level", "service_report"),
        *("session", "signature", "single_sign_on", "site", "sla_policy", "slug", "spreadsheet", "survey", "team"),
        *("contract", "contract_milestone", "contract_version", "milestone", "prepaid_block"),
        *(
            "gateway_object",
            "ledger",
            "ledger_entry",
            "money",
            "open_item",
            "period",
            "plan",
            "price_book",
            "royalty",
            "standard_price",
            "tax_rate",
        ),
        *("tenant", "tenant_export", "text", "ticket", "ticket_import", "unknown_caller", "verification_code", "visit"),
        *("promise", "request", "system"),
    }
)
"""The first word of every code: a thing that people know, in the singular, those of the areas' `audit_groups` included.
`request` stands for what is refused whatever the record is, `system` for what the program cannot do at the moment,
`command` for what a client's people or an employee may cause."""

VERBS = {
    "accept": "say yes or no in the name of a client",
    "read": "see",
    "write": "make, change and end",
    "create": "make, where others may change",
    "import": "bring many in from a file",
    "export": "take all out as a file",
    "request": "ask somebody else for it",
    "answer": "do what somebody else asked for",
    "erase": "have forgotten for good",
    "decide": "say yes or no to what was asked",
    "override": "do without the yes that it takes",
    "assign": "",
    "confirm": "",
    "grade": "",
    "invite": "",
    "issue": "",
    "order": "",
    "print": "",
    "reply": "",
    "suspend": "",
    "terminate": "",
    "triage": "",
    "work": "",
}
"""What a permission may allow; a word of the trade explains itself."""

IRREGULAR = frozenset({"bought", "paid", "read", "overridden", "reset", "sent", "undone", "withdrawn", "written"})
SYNONYMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "added": ("created", ()),
    "made": ("created", ()),
    "opened": ("created", ("session", "reporter")),
    "updated": ("changed", ()),
    "edited": ("changed", ()),
    "modified": ("changed", ()),
    "removed": ("deleted", ()),
    "erased": ("deleted", ("client", "personal_data", "tenant")),
    "asked": ("requested", ()),
    "begun": ("started", ()),
    "ended": ("closed, or revoked", ("addon", "contract")),
}
"""Participle → the one that is used instead, and the records of which it says something else."""

FORM = re.compile(r"[a-z]+(?:_[a-z]+)*\.[a-z]+(?:_[a-z]+)*")
PAGE = "docs/conventions.md, Codes"


def test_error_codes_say_what_is_wrong_with_which_record() -> None:
    codes = list(_constants("code"))
    wrong = [f"{where}: {code} ({fault})" for where, code in codes for fault in _faults(code)]
    assert not wrong, _message("an error's code is record.reason, like ticket.move_refused", wrong)
    twice = [code for code, times in Counter(code for _, code in codes).items() if times > 1]
    assert not twice, f"two errors of one code cannot be told apart; name what differs: {twice}"


def test_audit_actions_say_what_was_done_to_which_record() -> None:
    wrong = {f"{where}: {action} ({fault})" for where, action in written_actions() for fault in _faults_of_past(action)}
    assert not wrong, _message("an audit action is record.past_participle, like client.created", sorted(wrong))


def test_events_say_what_happened_to_which_record() -> None:
    wrong = [f"{where}: {topic} ({fault})" for where, topic in _constants("topic") for fault in _faults_of_past(topic)]
    assert not wrong, _message(
        "an event's topic is record.past_participle, and the same as the audit action where both mean the same", wrong
    )


def test_consumers_listen_to_events_that_exist() -> None:
    topics = {topic for _, topic in _constants("topic")}
    unheard = [f"{where}: {topic}" for where, topic in _listened_to() if topic not in topics]
    assert not unheard, f"nobody publishes what these listen to: {unheard}"


def test_permissions_say_what_may_be_done_with_which_record() -> None:
    wrong = []
    for code in permission_codes():
        record, _, verb = code.partition(":")
        if record not in RECORDS:
            wrong.append(f"{code}: {record} is not among RECORDS")
        if verb not in VERBS:
            wrong.append(f"{code}: {verb} is not among VERBS; read and write do for most records")
        if code.name != f"{record}_{verb}".upper():
            wrong.append(f"{code}: {type(code).__name__}.{code.name} is called otherwise")
    assert not wrong, _message("a permission is record:verb, like device:read", wrong)


def test_every_permission_has_a_label_and_a_holder() -> None:
    silent = sorted(set(Permission) - permission_codes())
    assert not silent, f"no area declares {silent} with its label and the roles that hold it (permissions in area.py)"


def test_every_action_has_a_label_and_a_group() -> None:
    written, labelled = {action for _, action in written_actions()}, set(action_labels())
    silent = sorted(written - labelled)
    assert not silent, f"label these in their area's area.py (audit_actions), or owners read codes: {silent}"
    idle = sorted(labelled - written)
    assert not idle, (
        f"nobody writes {idle}: take their labels out of area.py (audit_actions), and where entries of the name are "
        "stored, say in app/people/audit/former_names.py what they are called now"
    )
    holders = Counter(record for prefix in groups() for record in records_of(prefix))
    astray = sorted({record for action in labelled if holders[record := action.split(".", 1)[0]] != 1})
    assert not astray, f"put each of {astray} into one group that the log is narrowed by (audit_groups in an area.py)"


def test_two_areas_label_no_code_twice() -> None:
    for field in ("audit_actions", "audit_records"):
        named = Counter(code for area in areas() for code in getattr(area, field))
        assert [code for code, times in named.items() if times > 1] == [], f"only one area declares a code in {field}"


def test_former_names_lead_to_present_ones() -> None:
    actions = set(action_labels())
    lost = {former for former, present in FORMER_ACTIONS.items() if present not in actions}
    lost |= {former for former, present in FORMER_AREAS.items() if present not in groups()}
    lost |= {former for former, present in FORMER_PERMISSIONS.items() if present not in permission_codes()}
    assert not lost, f"app/people/audit/former_names.py leads these to names that do not exist any more: {sorted(lost)}"
    used = sorted(set(FORMER_ACTIONS) & actions)
    assert not used, f"a name that once meant something else is not used again, or old entries lie: {used}"


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("client_created", "one record, a dot"),
        ("clients.client.created", "one record, a dot"),
        ("clients.created", "clients is not among RECORDS"),
        ("client.client_created", "client need not be said twice"),
        ("client.create", "create is no past participle"),
        ("client.added", "say created"),
    ],
)
def test_other_forms_are_refused(code: str, fault: str) -> None:
    (said,) = _faults_of_past(code)
    assert fault in said


def _faults(code: str) -> Iterator[str]:
    if not FORM.fullmatch(code):
        yield "one record, a dot, and lower-case words with underscores"
        return
    record, rest = code.split(".")
    if record not in RECORDS:
        yield f"{record} is not among RECORDS of this test: use the word that people know, or declare it"
    if rest.startswith(f"{record}_"):
        yield f"{record} need not be said twice"


def _faults_of_past(code: str) -> Iterator[str]:
    formal = list(_faults(code))
    if formal:
        yield from formal
        return
    record, last = code.split(".", 1)[0], re.split(r"[._]", code)[-1]
    if not last.endswith("ed") and last not in IRREGULAR:
        yield f"{last} is no past participle"
    better, exceptions = SYNONYMS.get(last, ("", (record,)))
    if record not in exceptions:
        yield f"say {better}"


def _constants(attribute: str) -> Iterator[tuple[str, str]]:
    """(where, text) of every class that sets the attribute to a text; a field that begins empty is no code."""
    for path, tree in sources().items():
        for each in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
            for line in each.body:
                targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
                value = getattr(line, "value", None)
                named = any(isinstance(target, ast.Name) and target.id == attribute for target in targets)
                if named and isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                    yield f"{path}:{line.lineno}", value.value


def _listened_to() -> Iterator[tuple[str, str]]:
    """(where, topic) of consumers that name their event by its topic."""
    for path, tree in sources().items():
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="consumers"), attr="on" | "together"),
                    args=[ast.Constant(value=str(topic)), *_],
                ):
                    yield f"{path}:{node.lineno}", topic


def _message(rule: str, wrong: list[str]) -> str:
    return f"{rule} ({PAGE}):\n" + "\n".join(wrong)
