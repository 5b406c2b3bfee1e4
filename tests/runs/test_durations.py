"""A test that takes long says so; a run keeps what each takes and refuses only what no busy machine explains."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runs.durations import SlowTest

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest, time

def test_quick():
    pass

@pytest.mark.slow(5, "waits for another machine")
def test_slow_with_a_reason():
    pass
"""
WITHOUT_REASON = """
import pytest

@pytest.mark.slow(5)
def test_slow_without_a_reason():
    pass
"""


def run(place: Path, text: str) -> subprocess.CompletedProcess[str]:
    """A run of these tests, kept and judged as a run of this checkout."""
    (place / "test_them.py").write_text(text)
    (place / "conftest.py").write_text(
        "from tests.runs.durations import Durations\n"
        "def pytest_configure(config): config.pluginmanager.register(Durations(config))\n"
    )
    (place / "pytest.ini").write_text(f"[pytest]\ntestpaths = .\npythonpath = {ROOT}\nmarkers =\n    slow: x\n")
    command = [sys.executable, "-m", "pytest", "-q", "--rootdir", str(place), "-p", "no:schemathesis"]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)


def test_what_each_test_takes_is_kept(tmp_path: Path) -> None:
    assert run(tmp_path, TESTS).returncode == 0
    kept = json.loads((tmp_path / ".pytest_cache/v/durations").read_text())
    assert set(kept) == {"test_them.py::test_quick", "test_them.py::test_slow_with_a_reason"}


def test_a_slow_test_gives_its_reason(tmp_path: Path) -> None:
    refused = run(tmp_path, WITHOUT_REASON)
    assert refused.returncode != 0
    assert "why it takes more than three seconds" in refused.stdout + refused.stderr


@pytest.mark.parametrize(("seconds", "refused"), [(3.5, False), (11.9, False), (12.1, True)])
def test_noise_is_forgiven_but_not_everything(seconds: float, refused: bool) -> None:
    assert SlowTest(seconds, 3, "tests/test_it.py::test_it").refused is refused
