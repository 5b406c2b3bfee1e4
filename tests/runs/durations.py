"""What every test takes is kept beside the checkout, and who takes long without saying so is named.

A test that takes longer than three seconds says how long it takes on a quiet machine, and why:
`@pytest.mark.slow(12, "starts the whole program")`. At the end of a run those are listed that take longer. Machines are
noisy, so a run fails for one only where it is asked to (`--refuse-slow`, on a quiet machine), and only when the test
takes four times what it says.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import pytest

CACHE_KEY = "durations"
USUAL_SECONDS = 3.0
NOISE = 4
"""How many times longer a test may take on a busy machine."""
_QUICK_SECONDS = 0.1
"""Of a test that says nothing and was never measured, for the order of files."""
_PROPERTY = "expected_seconds"


class SlowTest(NamedTuple):
    """A test that took longer than it says."""

    seconds: float
    expected: float
    test: str

    @property
    def refused(self) -> bool:
        """Whether no noise of a machine explains it."""
        return self.seconds > NOISE * self.expected

    def __str__(self) -> str:
        return f"{self.seconds:6.1f} s instead of {self.expected:g}: {self.test}"


def expected_seconds(item: pytest.Item) -> float:
    """What the test's marker says, or what is usual.

    Raises:
        pytest.UsageError: the marker lacks the seconds or the reason.
    """
    marker = item.get_closest_marker("slow")
    if marker is None:
        return USUAL_SECONDS
    match marker.args:
        case (int() | float() as seconds, str() as reason) if seconds > USUAL_SECONDS and reason:
            return float(seconds)
    raise pytest.UsageError(f'{item.nodeid}: @pytest.mark.slow(12, "why it takes more than three seconds")')


def add_option(parser: pytest.Parser) -> None:
    """`--refuse-slow`: the run fails for a test that takes four times what it says."""
    parser.addoption("--refuse-slow", action="store_true", help="fail for a test that takes four times what it says")


class Durations:
    """Keeps the seconds of every test (`.pytest_cache/v/durations`) and lists the slow ones."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._collects = not hasattr(config, "workerinput")
        self._seconds: dict[str, float] = {}
        self._slow: list[SlowTest] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Tell each test's report how long it may take; a report comes from another process."""
        for item in items:
            item.user_properties.append((_PROPERTY, expected_seconds(item)))
        if not self._collects:
            seconds = self._seconds_by_file(items)
            items.sort(key=lambda item: -seconds[file_of(item.nodeid)])

    def _seconds_by_file(self, items: list[pytest.Item]) -> dict[str, float]:
        """What each file took in its last run here, or is to take by its tests' markers.

        The longest begin: otherwise one process would begin with it when the others are done.
        """
        kept: dict[str, float] = {}
        if self._config.pluginmanager.hasplugin("cacheprovider"):
            assert self._config.cache is not None
            kept = self._config.cache.get(CACHE_KEY, {})
        found: dict[str, float] = defaultdict(float)
        for item in items:
            expected = expected_seconds(item)
            unmeasured = expected if expected > USUAL_SECONDS else _QUICK_SECONDS
            found[file_of(item.nodeid)] += kept.get(item.nodeid, unmeasured)
        return found

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Setting up counts for the file; a slow test is one that is slow itself."""
        self._seconds[report.nodeid] = self._seconds.get(report.nodeid, 0) + report.duration
        expected = next((float(str(value)) for name, value in report.user_properties if name == _PROPERTY), None)
        if report.when == "call" and expected is not None and report.duration > expected:
            self._slow.append(SlowTest(report.duration, expected, report.nodeid))

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        """Keep what was measured; a run that refuses slow tests fails for one that is far too slow."""
        if self._collects:
            self._keep()
            if self._refuses and any(each.refused for each in self._slow):
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        yield

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name the slow tests, the worst first."""
        if not self._slow:
            return
        terminalreporter.section("slower than they say (pytest.mark.slow)")
        for each in sorted(self._slow, key=lambda each: -each.seconds / each.expected)[:20]:
            terminalreporter.line(f"{'refused ' if each.refused and self._refuses else ''}{each}")

    @property
    def _refuses(self) -> bool:
        return bool(self._config.getoption("--refuse-slow", default=False))

    def _keep(self) -> None:
        if not self._config.pluginmanager.hasplugin("cacheprovider") or not self._seconds:
            return
        cache = self._config.cache
        assert cache is not None
        kept: dict[str, float] = cache.get(CACHE_KEY, {})
        if not (self._config.option.keyword or self._config.option.markexpr or "::" in "".join(self._config.args)):
            files = {file_of(test) for test in self._seconds}
            kept = {test: seconds for test, seconds in kept.items() if file_of(test) not in files}
        cache.set(CACHE_KEY, kept | {test: round(seconds, 3) for test, seconds in self._seconds.items()})


def file_of(test: str) -> str:
    """The file of a test's id."""
    return test.partition("::")[0]
