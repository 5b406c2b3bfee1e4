"""Processes started by tests get the test's time, by the one function that starts them."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.platform.kernel.settings import Settings
from app.platform.kernel.texts import ROOT
from app.platform.kernel.time_source import PLATFORM_ZONE, SettableClock, SystemClock
from tests.conftest import START
from tests.program_processes import AnotherClock, environment_of

MOMENT = re.compile(r"(^|\.)(now(\(\))?|at|moment|\w+_at)$")
OF_UTC = {
    "app/data_exchange/ticket_import/mapping.py": "what a log says, before its zone is known",
    "app/demo/large/ticket_timelines.py": "its moments are local",
    "billing/contracts/answers.py": "looked for on both sides of the day, and settled by each contract's zone",
    "billing/contracts/versions.py": "the same",
}
TESTS = Path(__file__).parents[1]
ADDRESS_GIVEN = re.compile(r"DATABASE_URL[\"']?\s*[:=][^=]")
EXEMPT = {
    "program_processes.py": "the one way",
    "benchmarks/scenery.py": "its data ends at the machine's hour",
    "cli/test_one_sentence.py": "its address leads nowhere",
}


def test_only_one_place_starts_processes_on_a_test_s_database() -> None:
    """Without the database's address in its environment no process can see what a test made."""
    found = [
        str(path.relative_to(TESTS))
        for path in TESTS.rglob("*.py")
        if ADDRESS_GIVEN.search(path.read_text()) and str(path.relative_to(TESTS)) not in EXEMPT
    ]
    assert not found, (
        f"{found} start processes on a test's database themselves. Take `tests.program_processes` (environment_of, "
        "started, web_process): it refuses a test whose clock is not the machine's, since sessions and promises of one "
        "hour are none in another, and such tests break on a day that nobody foresaw."
    )


def test_a_test_at_its_own_hour_starts_no_process(test_settings: Settings) -> None:
    with pytest.raises(AnotherClock, match="machine_time"):
        environment_of(test_settings, SettableClock(START - timedelta(days=400)))
    with pytest.raises(AnotherClock, match="machine_time"):
        environment_of(test_settings, SettableClock(datetime(2199, 2, 28, tzinfo=UTC)))
    assert environment_of(test_settings, SettableClock(SystemClock().now()))["YINGHUO_ENVIRONMENT"] == "test"


def test_the_day_of_a_moment_is_asked_in_a_zone() -> None:
    """Moments are UTC: their own `.date()` is yesterday until eight in the morning of China."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for top in ("app", "tenants", "billing", "rbac")
        for path in (ROOT / top).rglob("*.py")
        if str(path.relative_to(ROOT)) not in OF_UTC
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "date"
        and not node.args
        and MOMENT.search(ast.unparse(node.func.value))
    ]
    assert not found, (
        f"{found}: take `platform_day` (time_source), `company_day` (tenants.company_time) or, where a contract holds, "
        "`day_in` (billing.periods) with its zone"
    )


def test_one_constant_names_the_platform_s_zone() -> None:
    """Days, months and numbers are counted in `PLATFORM_ZONE`; a second constant could come to differ from it."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for top in ("app", "tenants", "billing", "rbac")
        for path in (ROOT / top).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value == PLATFORM_ZONE.key and path.name != "time_source.py"
    ]
    assert not found, f"take app.platform.kernel.time_source.PLATFORM_ZONE (or its .key): {found}"
