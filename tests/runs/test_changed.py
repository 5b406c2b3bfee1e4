"""A change runs its own tests, then those of what depends on it, as far as three minutes go."""

import subprocess
from pathlib import Path

import pytest

from tests.runs.changed import PROGRAM, ROOT, Checkout, changed_files, choose

CLOCK = "app/platform/promises/clock.py"


@pytest.fixture(scope="module")
def checkout() -> Checkout:
    return Checkout()


AREAS = sorted({path.parent.relative_to(ROOT) for name in PROGRAM for path in (ROOT / name).rglob("models.py")})


@pytest.mark.parametrize("area", AREAS, ids=str)
def test_every_area_has_a_folder_of_tests(checkout: Checkout, area: Path) -> None:
    module = ".".join(area.parts)
    assert checkout.folder_of_tests(module), f"Make tests/{area.name}/, or name the tests of {module} in ELSEWHERE"


def test_what_depends_on_the_change_comes_after_its_own_tests(checkout: Checkout) -> None:
    distances = checkout.distances([CLOCK])
    own, rules = distances["tests/promises/test_clock.py"], distances["tests/architecture/test_tables.py"]
    assert own == 1 < rules == distances["tests/documentation/test_documentation.py"]
    assert distances["tests/portals/desk/test_lists.py"] > rules
    assert "tests/embedded/test_postgres.py" not in distances, "the servers know nothing of service levels"


def test_a_template_or_a_text_belongs_to_the_area_in_which_it_lies(checkout: Checkout) -> None:
    distances = checkout.distances(["app/assets/devices/translations/en.po"])
    assert distances["tests/devices/test_pages.py"] == 1


def test_a_change_of_a_test_runs_it_and_what_uses_it(checkout: Checkout) -> None:
    distances = checkout.distances(["tests/portals/field/phone_driver.py", "tests/tickets/test_story.py"])
    assert distances["tests/tickets/test_story.py"] == 0
    assert distances["tests/portals/field/test_offline.py"] == 1
    assert "tests/tickets/notices/test_notices.py" not in distances


def test_the_nearest_run_while_there_is_time() -> None:
    distances = {"far.py": 3, "near.py": 1, "long.py": 1, "itself.py": 0, "tests/architecture/test_all.py": 2}
    seconds = {"far.py": 5.0, "near.py": 30.0, "long.py": 200.0, "itself.py": 90.0, "tests/architecture/test_all.py": 9}
    choice = choose(distances, seconds, 130)
    assert choice.chosen == ["itself.py", "near.py", "tests/architecture/test_all.py"]
    assert choice.left_out == ["long.py", "far.py"]


def test_changed_is_what_was_committed_and_what_was_not(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def write(name: str) -> None:
        (tmp_path / name).write_text(name)

    git("init", "-q", "-b", "main")
    for name in ("same.py", "edited.py"):
        write(name)
    git("add", "-A")
    git("commit", "-q", "-m", "main")
    git("switch", "-q", "-c", "work")
    write("committed.py")
    git("add", "-A")
    git("commit", "-q", "-m", "work")
    (tmp_path / "edited.py").write_text("else")
    write("new.py")
    assert changed_files(tmp_path) == ["committed.py", "edited.py", "new.py"]
