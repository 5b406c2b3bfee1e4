"""Whoever calls a command without what it needs is told so in a sentence, not in a traceback."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli import main
from app.cli.command_runner import errors_in_one_sentence
from app.data_exchange.ticket_import.commands import export_tickets, import_tickets
from app.people.audit import verify_chains
from app.platform.kernel.errors import UnknownName
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import settings
from app.platform.kernel.texts import SOURCE_LANGUAGE, translator
from tenants.data_lifecycle.commands import tenant_id_of
from tests.ticket_import.conftest import MAPPING_TEXT

SERVING = {"demo", "fill-demo", "web", "worker", "relay", "migrate", "shell", "smoke", "db", "translations"}
"""They start servers of their own, take the process's place, or are given an address as an option."""


def commands(group: Any, *path: str) -> Iterator[tuple[str, ...]]:
    """Every command of the program but the serving ones, with something for each argument that it needs."""
    for name, command in group.commands.items():
        if not path and name in SERVING:
            continue
        if hasattr(command, "commands"):
            yield from commands(command, *path, name)
            continue
        given = []
        for parameter in command.params:
            if parameter.required:
                word = __file__ if parameter.name == "file" else "nobody"
                given += [word] if parameter.param_type_name == "argument" else [parameter.opts[0], word]
        yield (*path, name, *given)


EVERY = sorted(commands(typer.main.get_group(main)))


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A shell in which nobody has set anything."""
    for name in ("DATABASE_URL", "REDIS_URL", "YINGHUO_SECRET", "YINGHUO_SETTINGS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YINGHUO_DATA", str(tmp_path))
    settings.cache_clear()
    yield
    settings.cache_clear()


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """What the command says before it gives up."""
    with pytest.raises(SystemExit) as ended, errors_in_one_sentence():
        main(list(arguments))
    assert ended.value.code == 2
    return capsys.readouterr().err.strip().splitlines()


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("arguments", EVERY, ids=" ".join)
def test_a_command_without_settings_says_which(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "demo.env").write_text("")
    (sentence,) = called(capsys, *arguments)
    assert "DATABASE_URL, REDIS_URL, YINGHUO_SECRET" in sentence
    assert f"YINGHUO_SETTINGS={tmp_path}/demo.env" in sentence


@pytest.mark.usefixtures("bare")
def test_servers_that_do_not_answer_and_rubbish_are_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = tmp_path / "given.env"
    monkeypatch.setenv("YINGHUO_SETTINGS", str(given))
    (unreadable,) = called(capsys, "tenant", "list")
    assert str(given) in unreadable
    given.write_text(
        "DATABASE_URL=postgresql://yinghuo_app:geheim@127.0.0.1:1/yinghuo\nREDIS_URL=redis://127.0.0.1:1/0\n"
        f"YINGHUO_SECRET={'s' * 40}\nYINGHUO_ENVIRONMENT=demo\nYINGHUO_LOG_LEVEL=WARNING\n"
    )
    (away,) = called(capsys, "tenant", "list")
    assert "DATABASE_URL" in away
    assert "geheim" not in away


async def test_what_is_not_called_so_is_named(runtime: Runtime, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(MAPPING_TEXT)
    for work in (
        tenant_id_of(runtime, "nobody"),
        verify_chains(runtime, "nobody", []),
        import_tickets(runtime, log, mapping="servicenow-events", tenant_slug="nobody"),
        import_tickets(runtime, log, mapping="nobody", tenant_slug="x"),
        export_tickets(runtime, log, tenant_slug="nobody"),
    ):
        with pytest.raises(UnknownName) as refused:
            await work
        assert "nobody" in translator(SOURCE_LANGUAGE)(refused.value.text, **refused.value.parameters)
