"""The command line: `./run demo` and its siblings end up here. Imports late, so that `--help` is quick."""

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from app.cli.accounts import account
from app.cli.audit import audit
from app.cli.command_runner import run_and_report, runtime_of_process
from app.cli.people import personal_data
from app.cli.plans import plans
from app.cli.royalties import royalties
from app.cli.tenants import tenant
from app.platform.kernel.encodings import Encoding

main = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, name="yinghuo")
db = typer.Typer(no_args_is_help=True, help="The database itself.")
translations = typer.Typer(no_args_is_help=True, help="The catalogue of texts.")
ledger = typer.Typer(no_args_is_help=True, help="The books of a company.")
main.add_typer(audit, name="audit")
main.add_typer(ledger, name="ledger")
rating = typer.Typer(no_args_is_help=True, help="What clients owe.")
main.add_typer(rating, name="rating")
main.add_typer(plans, name="plans")
main.add_typer(royalties, name="royalties")
payments = typer.Typer(no_args_is_help=True, help="Money of clients.")
main.add_typer(payments, name="payments")
main.add_typer(db, name="db")
main.add_typer(tenant, name="tenant")
main.add_typer(account, name="account")
main.add_typer(personal_data, name="personal-data")
main.add_typer(translations, name="translations")


@main.command()
def demo(
    *,
    fresh: Annotated[bool, typer.Option(help="Begin again: erase what an earlier demo kept.")] = False,
    large: Annotated[bool, typer.Option(help="40 partners, 60,000 tickets; keeps its own folder.")] = False,
) -> None:
    """Start a filled network on this machine and print its address."""
    from app.demo.launcher import run_demo
    from app.platform.embedded import EmbeddedError

    try:
        run_demo(fresh=fresh, large=large)
    except EmbeddedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@main.command(hidden=True)
def fill_demo(summary: Path, *, large: Annotated[bool, typer.Option()] = False) -> None:
    """Fill the demo network; `summary` receives what a visitor needs to know."""
    import uvloop

    from app.demo.large.network import fill_large_network
    from app.demo.launcher import write_line
    from app.demo.network import fill_and_describe
    from app.platform.kernel.logs import configure_logs
    from app.worker import all_consumers, all_sweeps

    configure_logs("console", "WARNING")
    consumers, sweeps = all_consumers(), all_sweeps()
    filling = fill_large_network(consumers, sweeps, write_line) if large else fill_and_describe(consumers, sweeps)
    summary.write_text(uvloop.run(filling))


@main.command()
def web(
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    port: Annotated[int, typer.Option()] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64)] = 1,
) -> None:
    """Serve pages and API."""
    import os

    from app.demo.launcher import web_command

    command = web_command(host, port, workers)
    os.execv(command[0], command)  # noqa: S606 - the server takes this process's place


@main.command()
def relay() -> None:
    """Wake the workers for what is due, sweep, run the daily jobs. More than one may run."""
    from app.platform.kernel.process_shutdown import end_with_parent
    from app.platform.kernel.startup_gc import without_gc

    with without_gc():
        from app.worker import run_relay

    end_with_parent(signal.SIGTERM)
    run_relay()


@main.command()
def worker(
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Processes of each kind.")] = 2,
    queues: Annotated[
        str, typer.Option(help="One kind of process only: notices,follow_ups,deliveries or figures,long.")
    ] = "",
) -> None:
    """Do what relays wake us for: what is urgent in some processes, figures and long work in others."""
    from app.platform.kernel.process_shutdown import end_with_parent
    from app.platform.kernel.startup_gc import without_gc

    with without_gc():
        from app.platform.background.queues import Queue
        from app.worker import run_worker

    try:
        chosen = tuple(Queue(name) for name in queues.split(",") if name)
    except ValueError as unknown:
        raise typer.BadParameter(f"one or more of {', '.join(Queue)}", param_hint="--queues") from unknown

    end_with_parent(signal.SIGTERM)
    run_worker(concurrency=concurrency, queues=chosen)


@main.command("rebuild-quality")
def rebuild_quality(tenant: Annotated[str, typer.Argument(help="A partner's slug, or all.")] = "all") -> None:
    """Compute headquarters' quality figures anew from the records."""
    from tenants.partner_metrics.commands import rebuild_quality as rebuild

    for slug, tickets in run_and_report(lambda runtime: rebuild(runtime, tenant)).items():
        typer.echo(f"{slug}: {tickets}")


@main.command("rebuild-finance")
def rebuild_finance(tenant: Annotated[str, typer.Argument(help="A partner's slug, or all.")] = "all") -> None:
    """Count headquarters' figures of money anew from the records."""
    from tenants.partner_finance.commands import rebuild_finance as rebuild

    for slug, months in run_and_report(lambda runtime: rebuild(runtime, tenant)).items():
        typer.echo(f"{slug}: {months}")


@ledger.command("verify")
def verify_ledger(tenant: Annotated[str, typer.Argument(help="A tenant's slug, or all.")] = "all") -> None:
    """Find what does not hold in the books; 1 when there is anything."""
    from billing.ledger.commands import verify_books

    books = run_and_report(lambda runtime: verify_books(runtime, tenant))
    for slug, findings in books.items():
        typer.echo(f"{slug}: {len(findings)} faults")
        for finding in findings:
            typer.echo(f"  {finding.check} {finding.record_id}", err=True)
    if any(books.values()):
        raise typer.Exit(1)


@rating.command("run")
def run_rating(tenant: Annotated[str, typer.Argument(help="A tenant's slug, or all.")] = "all") -> None:
    """Charge what is due today; run again, it changes nothing."""
    from billing.rating.commands import rate_day

    for slug, result in run_and_report(lambda runtime: rate_day(runtime, tenant)).items():
        typer.echo(f"{slug}: {result.made} charges made, {result.reversed} taken back, due before {result.until}")


@payments.command("reconcile")
def reconcile_payments(tenant: Annotated[str, typer.Argument(help="A tenant's slug, or all.")] = "all") -> None:
    """Compare the payment provider's books with ours up to yesterday; run again, it finds nothing new."""
    from billing.payments.reconciliation.commands import reconcile_payments as reconcile

    for slug, done in run_and_report(lambda runtime: reconcile(runtime, tenant)).items():
        typer.echo(f"{slug}: {done.days} days compared, {done.lines} lines, {done.findings} new findings")


def _import_command(kind: str) -> None:
    """The command that imports one kind of list; all are alike."""

    def import_list(
        file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The list: .xlsx, .xls or CSV.")],
        tenant: Annotated[str, typer.Option(help="The partner's slug.")],
        *,
        client: Annotated[str, typer.Option(help="The client's code, where the list is one client's.")] = "",
        encoding: Annotated[Encoding, typer.Option(help="Of a CSV, where it is known.")] = Encoding.AUTOMATIC,
        dry_run: Annotated[bool, typer.Option(help="Only report what would happen.")] = False,
    ) -> None:
        from app.platform.imports.commands import import_list, summary_lines
        from app.platform.kernel.texts import SOURCE_LANGUAGE, translator

        done = run_and_report(
            lambda runtime: import_list(
                runtime, kind, file, tenant_slug=tenant, client_code=client, dry_run=dry_run, encoding=encoding
            )
        )
        for line in summary_lines(done, translator(SOURCE_LANGUAGE)):
            typer.echo(line, err=True)
        typer.echo(" ".join(f"{name}={count}" for name, count in (done.counts if dry_run else done.written).items()))

    main.command(f"import-{kind}", help=f"Import a list of {kind} of a partner.")(import_list)


for _kind in (
    "antivirus-reports",
    "bank-statements",
    "clients",
    "contracts",
    "departments",
    "devices",
    "employees",
    "fapiao-numbers",
    "prices",
):
    _import_command(_kind)


@main.command("import-tickets")
def import_tickets(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A log of another system: CSV.")],
    mapping: Annotated[str, typer.Option(help="A mapping file (TOML), or the name of a shipped mapping.")],
    tenant: Annotated[str, typer.Option(help="The partner's slug.")],
    *,
    time_zone: Annotated[str, typer.Option(help="Of times without an offset, for example Asia/Shanghai.")] = "",
    client: Annotated[str, typer.Option(help="The client's code; needed unless a column of the log tells it.")] = "",
    policy: Annotated[str, typer.Option(help="Compute clocks by this service level, not by the present one.")] = "",
    calendar: Annotated[str, typer.Option(help="Compute clocks by this calendar, not by the present one.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Only report what would happen.")] = False,
    report: Annotated[Path | None, typer.Option(help="Where to write the report, row by row (CSV).")] = None,
) -> None:
    """Import the past of another system, as a partner's tickets. May be repeated, and goes on after a kill."""
    from app.data_exchange.ticket_import.commands import import_tickets as import_log

    def progress(done: int, everything: int) -> None:
        typer.echo(f"{done} / {everything}", err=True)

    done = run_and_report(
        lambda runtime: import_log(
            runtime,
            file,
            mapping=mapping,
            tenant_slug=tenant,
            client_code=client,
            time_zone=time_zone,
            policy=policy,
            calendar=calendar,
            dry_run=dry_run,
            report=report,
            progress=progress,
        )
    )
    typer.echo(f"{done.state} " + " ".join(f"{name}={count}" for name, count in sorted(done.counts.items())))


@main.command("export-tickets")
def export_tickets(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where to write the log (CSV).")],
    tenant: Annotated[str, typer.Option(help="The partner's slug.")],
    *,
    client: Annotated[str, typer.Option(help="A client's code; all clients without it.")] = "",
) -> None:
    """Write a partner's past as a log that the mapping `yinghuo` reads."""
    from app.data_exchange.ticket_import.commands import export_tickets as export_log

    size = run_and_report(lambda runtime: export_log(runtime, file, tenant_slug=tenant, client_code=client))
    typer.echo(f"{size} bytes")


@main.command()
def migrate(
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for a database that does not answer yet.")] = 0,
) -> None:
    """Bring the tables up to date, as the owner role."""
    from app.demo.launcher import migrate as upgrade
    from app.platform.kernel.settings import settings
    from migrations.waiting import DatabaseAway, wait_for_database

    if wait:
        try:
            asyncio.run(wait_for_database(settings().database_address("owner"), wait))
        except DatabaseAway as away:
            typer.echo(str(away), err=True)
            raise typer.Exit(1) from None
    upgrade()


@main.command()
def doctor(
    *,
    quick: Annotated[bool, typer.Option(help="Leave out what reads all records: audit log and books.")] = False,
    json: Annotated[bool, typer.Option(help="One object a line.")] = False,
) -> None:
    """Look at a living installation and say what to do; 1 when something is broken."""
    from app.cli.doctor.report import report

    if run_and_report(lambda runtime: report(runtime, quick=quick, as_json=json)):
        raise typer.Exit(1)


@main.command()
def smoke(address: Annotated[str, typer.Argument(help="Where the web answers, as http://yinghuo-web.")]) -> None:
    """Ask a living installation what a visitor, a program and a stranger would; 1 when an answer is wrong."""
    from app.cli.smoke import wrong_answers

    wrong = asyncio.run(wrong_answers(address))
    for each in wrong:
        typer.echo(each, err=True)
    typer.echo(f"{address}: {len(wrong)} wrong answers")
    if wrong:
        raise typer.Exit(1)


@main.command()
def init() -> None:
    """Make headquarters and print the one-time link for its first administrator."""
    from app.people.identity import initialise

    typer.echo(run_and_report(initialise))


@main.command()
def shell() -> None:
    """A Python prompt with the runtime: `await` works."""
    import code

    code.interact(local={"runtime": runtime_of_process()}, banner="runtime is the process's runtime", exitmsg="")


@db.command()
def prepare(
    admin_url: Annotated[str, typer.Option(envvar="DATABASE_ADMIN_URL", help="A role that may create roles.")],
    password: Annotated[str, typer.Option(envvar="YINGHUO_DATABASE_PASSWORD", help="For the program's roles.")],
    database: Annotated[str, typer.Option()] = "yinghuo",
) -> None:
    """Make the database and the program's roles on a server of yours; may be repeated."""
    from app.platform.embedded import prepare_roles

    asyncio.run(prepare_roles(admin_url, password, databases=(database,)))
    typer.echo(f"{database} is ready; run `./run migrate` next")


@db.command()
def distribute(
    admin_url: Annotated[str, typer.Option(envvar="DATABASE_ADMIN_URL", help="A superuser, at the coordinator.")],
    database: Annotated[str, typer.Option()] = "yinghuo",
    shards: Annotated[int, typer.Option(min=1, max=1024, help="Parts of each table.")] = 32,
    *,
    dry_run: Annotated[bool, typer.Option(help="Only print the statements.")] = False,
) -> None:
    """Spread the tables over the machines of a Citus cluster by tenant; may be repeated (docs/scaling.md)."""
    from app.platform.embedded import dsn_of_database
    from migrations.distribution import NotDistributable
    from migrations.distribution import distribute as spread

    try:
        asyncio.run(spread(dsn_of_database(admin_url, database), typer.echo, shards=shards, dry_run=dry_run))
    except NotDistributable as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@translations.command()
def verify() -> None:
    """Refuse texts without an English translation, and translations without a text."""
    from app.platform.web.translation_check import translation_problems

    found = translation_problems()
    for line in found:
        typer.echo(line, err=True)
    raise typer.Exit(1 if found else 0)


@translations.command()
def extract() -> None:
    """Print every text that lacks an English translation, ready to be filled in, by file."""
    from app.platform.web.translation_check import untranslated_texts

    for folder, texts in untranslated_texts().items():
        typer.echo(f"# {folder}/translations/en.po")
        for text in texts:
            typer.echo(f'msgid "{text}"\nmsgstr ""\n')
