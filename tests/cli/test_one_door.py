"""`./run` is the one door: every command of the program is behind it."""

import re
import subprocess
from fnmatch import fnmatch

import typer

from app.cli import main
from tests.program_processes import ROOT

INSIDE = {"fill-demo"}
"""Commands that the program gives itself."""


def test_every_command_of_the_program_is_behind_it() -> None:
    script = (ROOT / "run").read_text()
    cases = re.findall(r"^    ([a-z][a-z0-9 |*\\\n-]*)\)$", script, flags=re.MULTILINE)
    known = {pattern.strip(" \\\n") for case in cases for pattern in case.split("|")}
    commands = typer.main.get_group(main).commands.keys() - INSIDE
    shut_out = sorted(name for name in commands if not any(fnmatch(name, pattern) for pattern in known))
    assert not shut_out, f"./run answers that there is no such command: {shut_out}; name it in its cases"


def test_what_does_not_exist_is_said() -> None:
    asked = subprocess.run([ROOT / "run", "dance"], capture_output=True, text=True, check=False)
    assert asked.returncode != 0
    assert "There is no command" in asked.stdout + asked.stderr
