"""What commands share: this process's runtime, and telling what the domain refuses."""

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from app.kernel.runtime import Runtime

T = TypeVar("T")


def runtime_of_process() -> "Runtime":
    """This process's runtime, every area's tables known: a foreign key must find the table that it names."""
    from app.kernel.runtime import Runtime
    from app.kernel.settings import settings
    from migrations.registry import mapped_classes

    mapped_classes()
    return Runtime(settings())


def told(work: "Callable[[Runtime], Coroutine[Any, Any, T]]") -> "T":
    """What `work` returns; a refusal of the domain is told and ends the program."""
    from app.kernel.errors import DomainError
    from app.kernel.texts import SOURCE_LANGUAGE, translator

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
