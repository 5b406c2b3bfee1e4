"""The check itself: it lets the pattern pass, and refuses each way of breaking it with a message that teaches."""

import pytest

from tests.statements.portability import complaints
from tests.statements.statement_recorder import Sent, shape_of

TABLES = frozenset(
    {"ticket", "visit", "site", "device", "counter", "due_entry", "quality_rollup", "employee", "client", "membership"}
)


def refused(text: str, role: str = "yinghuo_app") -> list[str]:
    return [each.reason for each in complaints(Sent(role, "app/desk/tickets/repository.py:1 read", text), TABLES)]


@pytest.mark.parametrize(
    "text",
    [
        "BEGIN; SET LOCAL app.actor = '01890000-0000-7000-8000-000000000000/tenant//'",
        "SAVEPOINT one",
        "SELECT slug FROM tenant",
        "SELECT id FROM ticket WHERE tenant_id = $1",
        "SELECT t.id FROM ticket AS t WHERE t.state = $1 AND (t.tenant_id = $2::UUID AND t.id = $3)",
        "SELECT 1 FROM ticket JOIN visit ON visit.tenant_id = ticket.tenant_id WHERE ticket.tenant_id = $1",
        "SELECT 1 FROM ticket, visit WHERE ticket.tenant_id = visit.tenant_id AND visit.tenant_id = $1",
        "SELECT 1 FROM ticket LEFT JOIN site ON site.tenant_id = ticket.tenant_id WHERE ticket.tenant_id = $1",
        (
            "SELECT 1 FROM ticket LEFT JOIN site ON site.id = ticket.site_id AND site.tenant_id = $2 "
            "WHERE ticket.tenant_id = $1"
        ),
        (
            "SELECT 1 FROM ticket WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM visit "
            "WHERE visit.tenant_id = ticket.tenant_id AND visit.ticket_id = ticket.id)"
        ),
        (
            "SELECT * FROM (SELECT id FROM ticket WHERE tenant_id = $1 UNION SELECT id FROM visit WHERE tenant_id = $1)"
            " AS found"
        ),
        (
            "WITH mine AS (SELECT tenant_id, id FROM ticket WHERE tenant_id = $1) "
            "SELECT 1 FROM mine JOIN visit ON visit.tenant_id = mine.tenant_id"
        ),
        "SELECT 1 FROM ticket WHERE (tenant_id, id) = ($1, $2)",
        "INSERT INTO ticket (tenant_id, id) VALUES ($1, $2), ($3, $4)",
        (
            "INSERT INTO counter (tenant_id, value) VALUES ($1, 1) ON CONFLICT (tenant_id) DO UPDATE SET "
            "value = counter.value + excluded.value RETURNING lpad(value::text, 4, '0')"
        ),
        "INSERT INTO visit (tenant_id, id) SELECT tenant_id, id FROM ticket WHERE tenant_id = $1 RETURNING id",
        "UPDATE ticket SET state = $1, updated_at = $2 WHERE ticket.tenant_id = $3 AND id = $4",
        "DELETE FROM visit USING ticket WHERE visit.tenant_id = ticket.tenant_id AND ticket.tenant_id = $1",
        "SELECT id FROM due_entry WHERE tenant_id = $1 AND due_at <= $2 FOR UPDATE SKIP LOCKED",
        "SELECT id FROM client WHERE tenant_id = $1 AND lower(name) LIKE '%' || lower($2) || '%'",
    ],
)
def test_what_keeps_the_pattern_passes(text: str) -> None:
    assert refused(text) == []


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("SELECT id FROM ticket", "ticket"),
        ("SELECT id FROM ticket WHERE tenant_id = $1 OR state = $2", "ticket"),
        ("SELECT id FROM ticket WHERE tenant_id IN ($1, $2)", "ticket"),
        ("SELECT id FROM ticket WHERE tenant_id <> $1", "ticket"),
        ("SELECT 1 FROM ticket JOIN visit ON visit.ticket_id = ticket.id WHERE ticket.tenant_id = $1", "visit"),
        ("SELECT 1 FROM ticket JOIN visit ON visit.tenant_id = ticket.tenant_id", "ticket"),
        ("SELECT 1 FROM ticket JOIN visit AS v ON v.tenant_id = ticket.tenant_id", "visit AS v"),
        (
            (
                "SELECT 1 FROM ticket LEFT JOIN site ON site.id = ticket.site_id "
                "WHERE ticket.tenant_id = $1 AND site.tenant_id = $1"
            ),
            "site",
        ),
        (
            "SELECT 1 FROM ticket LEFT JOIN site ON site.tenant_id = $1 AND ticket.tenant_id = $1",
            "ticket",
        ),
        ("SELECT 1 FROM ticket WHERE tenant_id = $1 AND id IN (SELECT ticket_id FROM visit)", "visit"),
        ("SELECT (SELECT count(*) FROM visit) FROM ticket WHERE ticket.tenant_id = $1", "visit"),
        ("WITH every AS (SELECT id FROM ticket) SELECT id FROM every", "ticket"),
        ("SELECT 1 FROM (SELECT id FROM ticket) AS every", "ticket"),
        ("UPDATE ticket SET state = $1 WHERE id = $2", "ticket"),
        ("UPDATE ticket SET state = $1 FROM visit WHERE ticket.tenant_id = $2 AND visit.id = $3", "visit"),
        ("DELETE FROM visit WHERE id = $1", "visit"),
        ("INSERT INTO visit (tenant_id, id) SELECT tenant_id, id FROM ticket RETURNING id", "ticket"),
    ],
)
def test_a_table_that_is_not_bound_to_one_tenant_is_refused(text: str, table: str) -> None:
    reasons = refused(text)
    assert any(reason.startswith(f"{table} is not bound to one tenant: say tenant_id") for reason in reasons)


def test_an_insert_names_the_tenant() -> None:
    assert refused("INSERT INTO ticket (id) VALUES ($1)") == [
        "INSERT INTO ticket must name tenant_id: it finds the shard"
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT set_config('app.actor', $1, true)", "use SET LOCAL"),
        ("SET app.actor = 'x'", "only SET LOCAL app.actor"),
        ("SET LOCAL work_mem = '1GB'", "only SET LOCAL app.actor"),
        ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "only SET LOCAL app.actor"),
        ("SET ROLE yinghuo_owner", "connect as the role"),
        ("MERGE INTO ticket USING visit ON true WHEN MATCHED THEN DELETE", "ON CONFLICT"),
        ("COPY ticket FROM STDIN", "insert rows"),
        ("COPY ticket TO STDOUT", "insert rows"),
        ("TRUNCATE ticket", "ignores row-level security"),
        ("LOCK TABLE ticket", "rows of one tenant"),
        ("CREATE TABLE ticket_copy (id uuid)", "only migrations"),
        ("SELECT nextval('numbers')", "ids in the application"),
        ("SELECT pg_advisory_xact_lock($1)", "lock a row"),
        ("SELECT pg_try_advisory_lock($1)", "lock a row"),
        ("UPDATE ticket SET updated_at = now() WHERE tenant_id = $1", "now() in UPDATE … SET"),
        ("UPDATE ticket SET updated_at = CURRENT_TIMESTAMP WHERE tenant_id = $1", "in the application"),
        (
            "INSERT INTO counter (tenant_id) VALUES ($1) ON CONFLICT (tenant_id) DO UPDATE SET value = random()",
            "random() in DO UPDATE SET",
        ),
        ("INSERT INTO visit (tenant_id, id) SELECT tenant_id, id FROM ticket WHERE tenant_id = $1", "add RETURNING"),
        ("SELECT id FROM device WHERE tenant_id = $1 AND remark LIKE $2", "~~ on device is no index condition"),
        ("SELECT id FROM device WHERE tenant_id = $1 AND lower(number) = $2", "lower() on device"),
        ("SELECT id FROM ticket WHERE tenant_id = $1 AND words @@ $2", "@@ on ticket"),
        ("SELECT FROM WHERE", "grammar"),
    ],
)
def test_what_shards_refuse_or_do_differently_is_refused_with_what_to_do_instead(text: str, words: str) -> None:
    assert any(words in reason for reason in refused(text)), refused(text)


def test_the_sweeper_may_ask_which_tenants_have_something_due_and_lock_nothing() -> None:
    question = "SELECT DISTINCT tenant_id, kind FROM due_entry WHERE due_at <= $1"
    assert refused(question, "yinghuo_sweeper") == []
    assert refused(f"{question.replace('DISTINCT ', '')} FOR UPDATE", "yinghuo_sweeper")
    assert refused(question)
    assert refused("SELECT tenant_id FROM ticket", "yinghuo_sweeper")


def test_statements_that_differ_in_the_number_of_their_values_are_one() -> None:
    few, many = "SELECT id FROM ticket WHERE id IN ($1::UUID, $2::UUID)", "SELECT id FROM ticket WHERE id IN ($4::UUID)"
    assert shape_of(few) == shape_of(many)
    assert shape_of("INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4)") == shape_of(
        "INSERT INTO t (a, b) VALUES ($1, $2)"
    )
    assert shape_of("SELECT a FROM t") != shape_of("SELECT b FROM t")
