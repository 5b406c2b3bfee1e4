"""The command line: `./run worker` and its siblings end up here. Imports late, so that `--help` is quick."""

import typer

main = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@main.command()
def relay() -> None:
    """Hand events to the workers, sweep what is due, run the daily jobs. More than one may run."""
    from app.worker import run_relay

    run_relay()


@main.command()
def worker(concurrency: int = typer.Option(2, min=1, max=64, help="Processes that consume at the same time.")) -> None:
    """Consume events."""
    from app.worker import run_worker

    run_worker(concurrency=concurrency)


@main.command("rebuild-quality")
def rebuild_quality(tenant: str = typer.Argument("all", help="A partner's slug, or all.")) -> None:
    """Compute headquarters' quality figures anew from the records."""
    import asyncio

    from app.kernel.runtime import Runtime
    from app.kernel.settings import settings
    from tenants.network.commands import rebuild_quality as rebuild

    async def run() -> None:
        runtime = Runtime(settings())
        try:
            for slug, tickets in (await rebuild(runtime, tenant)).items():
                typer.echo(f"{slug}: {tickets}")
        finally:
            await runtime.close()

    asyncio.run(run())


if __name__ == "__main__":
    main()
