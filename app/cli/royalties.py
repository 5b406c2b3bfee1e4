"""Commands on royalties: `./run cli royalties verify`."""

from typing import Annotated

import typer

from app.cli.command_runner import run_and_report

royalties = typer.Typer(no_args_is_help=True, help="What partners owe headquarters.")


@royalties.command("rebuild")
def rebuild_royalties(tenant: Annotated[str, typer.Argument(help="A partner's slug, or all.")] = "all") -> None:
    """Count partners' revenue anew from invoices and payments; prints how much of it was other than before."""
    from billing.royalties.commands import rebuild_royalties as rebuild

    for slug, changed in run_and_report(lambda runtime: rebuild(runtime, tenant)).items():
        typer.echo(f"{slug}: {changed} changed")


@royalties.command("verify")
def verify_royalties(tenant: Annotated[str, typer.Argument(help="A partner's slug, or all.")] = "all") -> None:
    """Compare revenue, statements, invoices, payments and books with the records; 1 when something does not hold."""
    from billing.royalties import PENDING
    from billing.royalties.commands import verify_royalties as verify

    faults = 0
    for slug, findings in run_and_report(lambda runtime: verify(runtime, tenant)).items():
        of_slug = [each for each in findings if each.check != PENDING]
        faults += len(of_slug)
        typer.echo(f"{slug}: {len(of_slug)} faults, {len(findings) - len(of_slug)} months for the next statement")
        for finding in findings:
            typer.echo(f"  {finding.check} {finding.record} {finding.amount}", err=True)
    if faults:
        raise typer.Exit(1)
