"""Running a command: the process's runtime, and printing errors instead of tracebacks."""

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from app.platform.kernel.runtime import Runtime

T = TypeVar("T")


def runtime_of_process() -> "Runtime":
    """This process's runtime, every area's tables known: a foreign key must find the table that it names."""
    from app.platform.kernel.runtime import Runtime
    from app.platform.kernel.settings import settings
    from migrations.registry import mapped_classes

    mapped_classes()
    return Runtime(settings())


@contextmanager
def errors_in_one_sentence() -> "Iterator[None]":
    """Print settings errors, unreachable servers and file errors as one sentence, and exit with 2."""
    from redis.exceptions import RedisError
    from sqlalchemy.exc import DBAPIError

    from app.platform.kernel.settings import SettingsUnusable

    try:
        yield
    except SettingsUnusable as error:
        _end(str(error) + _demo_beside())
    except RedisError as error:
        _end(f"Valkey does not answer at REDIS_URL: {_first_line(error)}")
    except DBAPIError as error:
        _end(f"PostgreSQL refuses, see DATABASE_URL and ./run migrate: {_first_line(error.orig or error)}")
    except (ConnectionError, TimeoutError) as error:
        _end(f"A server does not answer, see DATABASE_URL and REDIS_URL: {_first_line(error)}")
    except OSError as error:
        _end(f"{error.filename}: {error.strerror}" if error.filename else _first_line(error))


def _end(sentence: str) -> "NoReturn":
    typer.echo(sentence, err=True)
    raise SystemExit(2)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _demo_beside() -> str:
    """A hint how to use the settings of a demo that is running in its usual place."""
    from app.demo.launcher import DEMO_SETTINGS
    from app.platform.embedded.state import state_directories

    files = [file for folder in state_directories() if (file := folder / DEMO_SETTINGS).exists()]
    return f" To speak to the demo that is running: YINGHUO_SETTINGS={files[0]} ./run …" if files else ""


def run_and_report(work: "Callable[[Runtime], Coroutine[Any, Any, T]]") -> "T":
    """The result of `work`; a `DomainError` is printed and ends the program with 1."""
    from app.platform.kernel.errors import DomainError
    from app.platform.kernel.texts import SOURCE_LANGUAGE, translator

    async def run() -> "T":
        runtime = runtime_of_process()
        try:
            return await work(runtime)
        finally:
            await runtime.close()

    try:
        return asyncio.run(run())
    except DomainError as error:
        translate = translator(SOURCE_LANGUAGE)
        for text in (translate(error.text, **error.parameters), *map(translate, error.fields.values())):
            typer.echo(text, err=True)
        raise typer.Exit(1) from error
