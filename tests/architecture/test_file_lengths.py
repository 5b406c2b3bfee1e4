"""A file holds one thought: past 400 lines it is two, and is split by thought."""

from app.platform.kernel.texts import ROOT

LONGEST = 400
EXEMPT = {
    "app/desk/tickets/decision.py": "the one function that decides every step of a ticket",
    "tests/benchmarks/raw_asgi_baseline.py": "the yardstick: a whole program in one file",
    "tests/partner_metrics/test_rollups.py": "one model of figures, compared with one slow count",
    "tests/portals/field/test_pages.py": "one engineer's day, page after page",
    "tests/tenants/partners/test_joining.py": "one company's way from its application to its first sign-in",
    "tests/tickets/test_replay.py": "one comparison of all tables, story by story",
    "tests/tickets/test_ticket_machine.py": "one model of a ticket's whole life",
}
FOLDERS = ("app", "tenants", "billing", "rbac", "tests")
ENDINGS = ("*.py", "*.css", "*.html", "*.typ")


def test_no_file_is_longer_than_a_thought() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for folder in FOLDERS
        for ending in ENDINGS
        for path in (ROOT / folder).rglob(ending)
        if not {"node_modules", "build"} & set(path.parts)
    }
    long = {path for path, length in lengths.items() if length > LONGEST}
    assert not long - set(EXEMPT), (
        f"{sorted(long - set(EXEMPT))} have more than {LONGEST} lines: split them by use case or by thought, "
        "as docs/conventions.md says, or say in EXEMPT why they are one"
    )
