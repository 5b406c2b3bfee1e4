"""The tests that belong to a change: `python -m tests.runs.changed` names their files, the nearest first.

Changed is what differs from where this branch left main, committed or not. Nearest are the tests that changed
themselves, those of the changed area's own folder and those that import what changed; then the architecture's, the
documentation's and isolation's; then, step by step along the imports, the tests of what depends on the change. What no
longer fits into three minutes on two quiet cores is left out and named.
"""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import grimp

from tests.runs.durations import CACHE_KEY, file_of
from tests.runs.processes import processes_of_machine

ROOT = Path(__file__).parents[2]
WALL_SECONDS = 165  # the servers' start comes before
PROGRAM = ("app", "billing", "rbac", "tenants")
ALWAYS = ("tests/architecture/", "tests/documentation/", "tests/isolation/")
WORDS = ("docs/", "README.md")
"""What no program reads; isolation need not be tried after it."""
LOOKS = "app/platform/web/assets/"
"""Styles and scripts: what a change of them breaks is seen in browsers only."""
ALWAYS_DISTANCE = 2
"""After the changed area's own tests, before those of what depends on it."""
ELSEWHERE_DISTANCE = 4
"""For tests that share something that changed with tests of other folders."""
ELSEWHERE = {
    "app.desk.hot_line": "tests/portals/desk",
    "app.desk.surveys": "tests/tickets",
    "app.portals.hq": "tests/portals/hq_quality",
    "app.portals.public": "tests/portals",
    "rbac": "tests/roles",
}
"""The tests of areas that have no folder of their own name."""
_EVERYTHING_MEETS = {"app.asgi", "app.worker", "app.web_server", "app.retention", "app.areas"}
"""They import all areas: along them everything would depend on everything."""
_UNMEASURED_SECONDS = 1.0
"""For each test of a file that no run on this machine has measured yet, beside what it says itself."""


class Choice(NamedTuple):
    """The files to run, the nearest first, and those that belong to the change but take too long together."""

    chosen: list[str]
    left_out: list[str]


class Checkout:
    """The imports of the program and of its tests."""

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root
        self._graph = grimp.build_graph(*PROGRAM)
        self._imports = {path: set(self._imported(root / path)) for path in self._python_files_of_tests()}
        self._in_browsers = {path for path in self._imports if "mark.browser" in (root / path).read_text()}

    def distances(self, changed: Iterable[str]) -> dict[str, int]:
        """How far each file of tests is from these changed files; what has nothing to do with them is absent.

        A test that imports what changed is as near as one that lies in the changed area's folder.
        """
        paths = list(changed)
        looks = any(path.startswith(LOOKS) for path in paths)
        always = ALWAYS if any(not path.startswith(WORDS) for path in paths) else ALWAYS[:2]
        paths = [path for path in paths if not path.startswith(LOOKS)]
        modules = self._steps_from({module for path in paths if (module := self._module(path))})
        folders: dict[str, int] = {}
        for module, steps in modules.items():
            folder = self.folder_of_tests(module)
            folders[folder] = min(steps, folders.get(folder, steps))
        changed_tests = self._affected_tests(set(paths))
        found: dict[str, int] = {}
        for path, imports in self._imports.items():
            if not PurePosixPath(path).name.startswith("test_"):
                continue
            ways = [modules[each] + 1 for each in imports if each in modules]
            ways += [steps + 1 for folder, steps in folders.items() if path.startswith(f"{folder}/")]
            ways += [changed_tests[path]] if path in changed_tests else []
            ways += [ALWAYS_DISTANCE] if path.startswith(always) else []
            ways += [1] if looks and path in self._in_browsers else []
            if ways:
                found[path] = min(ways)
        return found

    def folder_of_tests(self, module: str) -> str:
        """Where the tests of a module's area lie: `app.desk.tickets.views` is tested in `tests/tickets`."""
        for length in (3, 2, 1):
            area = ".".join(module.split(".")[:length])
            if area in ELSEWHERE:
                return ELSEWHERE[area]
            last_two = area.split(".")[-2:]
            for folder in ("/".join(last_two), last_two[-1]):
                if (self._root / "tests" / folder).is_dir():
                    return f"tests/{folder}"
        return ""

    def _steps_from(self, modules: set[str]) -> dict[str, int]:
        """The modules that depend on these, with the number of imports between."""
        steps, front = dict.fromkeys(modules, 0), modules
        while front:
            nearer = {
                importer
                for module in front - _EVERYTHING_MEETS
                for importer in self._graph.find_modules_that_directly_import(module)
            }
            front = nearer - steps.keys()
            steps |= dict.fromkeys(front, max(steps.values()) + 1)
        return steps

    def _affected_tests(self, changed: set[str]) -> dict[str, int]:
        """The changed files of tests, and those that import them: near in the same folder, farther elsewhere."""
        affected = {path: 0 for path in changed if path in self._imports}
        front = set(affected)
        while front:
            folders = {_dotted(path): PurePosixPath(path).parent for path in front}
            front = set()
            for path, imports in self._imports.items():
                if path not in affected and (met := imports & folders.keys()):
                    beside = any(PurePosixPath(path).is_relative_to(folders[each]) for each in met - {"tests.conftest"})
                    affected[path] = 1 if beside else ELSEWHERE_DISTANCE
                    front.add(path)
        return affected

    def _module(self, path: str) -> str | None:
        """The module of a changed file; of a template or a text, the package in which it lies."""
        place = PurePosixPath(path)
        names = [_dotted(path)] if place.suffix == ".py" else []
        names += [".".join(parent.parts) for parent in place.parents]
        return next((name for name in names if name in self._graph.modules), None)

    def _python_files_of_tests(self) -> Iterator[str]:
        for path in (self._root / "tests").rglob("*.py"):
            yield path.relative_to(self._root).as_posix()

    def _imported(self, path: Path) -> Iterator[str]:
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Import(names):
                    yield from (each.name for each in names)
                case ast.ImportFrom(module=str() as module, names=names):
                    yield from (f"{module}.{each.name}" for each in names)
                    yield module


def choose(distances: Mapping[str, int], seconds: Mapping[str, float], most_seconds: float) -> Choice:
    """Fill the time with the nearest tests; among equally near ones with the shortest, so that most run.

    Tests that changed themselves, and those that read the whole program, run in any case.
    """
    choice, left = Choice([], []), most_seconds - sum(seconds[path] for path in distances if path.startswith(ALWAYS))
    for path in sorted(distances, key=lambda path: (distances[path], seconds[path], path)):
        if path.startswith(ALWAYS):
            choice.chosen.append(path)
        elif seconds[path] <= left or distances[path] == 0:
            choice.chosen.append(path)
            left -= seconds[path]
        else:
            choice.left_out.append(path)
    return choice


def seconds_by_file(paths: Iterable[str], root: Path = ROOT) -> dict[str, float]:
    """What each file took in its last run on this machine, or an estimate by the number of its tests."""
    kept = root / ".pytest_cache/v" / CACHE_KEY
    measured: dict[str, float] = {}
    for test, seconds in (json.loads(kept.read_text()) if kept.is_file() else {}).items():
        measured[file_of(test)] = measured.get(file_of(test), 0) + seconds
    return {path: measured[path] if path in measured else _estimate((root / path).read_text()) for path in paths}


def _estimate(text: str) -> float:
    """By the number of tests, and by what those say that take long."""
    return _UNMEASURED_SECONDS * text.count("def test_") + sum(map(float, re.findall(r"mark\.slow\((\d+)", text)))


def changed_files(root: Path = ROOT) -> list[str]:
    """What differs from the commit at which this branch left main, committed or not, new files too."""
    main = next(each for each in ("main", "origin/main", "HEAD") if _git(root, "rev-parse", "-q", "--verify", each))
    (base,) = _git(root, "merge-base", "HEAD", main)
    return [
        *_git(root, "diff", "--name-only", base),
        *_git(root, "ls-files", "--others", "--exclude-standard"),
    ]


def _git(root: Path, *arguments: str) -> Sequence[str]:
    command = ["git", "-c", "core.quotePath=false", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout.splitlines()


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def main() -> None:
    """Print the files, one a line; what was left out goes to the other channel."""
    distances = Checkout().distances(changed_files())
    seconds = seconds_by_file(distances)
    choice = choose(distances, seconds, WALL_SECONDS * processes_of_machine())
    sys.stdout.writelines(f"{path}\n" for path in choice.chosen)
    if choice.left_out:
        sys.stderr.write(
            f"· {len(choice.chosen)} files of tests; left out, {sum(seconds[path] for path in choice.left_out):.0f} s: "
            f"{' '.join(choice.left_out)}\n"
        )


if __name__ == "__main__":
    main()
