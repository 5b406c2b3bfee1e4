"""Commands on partners' plans: `./run cli plans verify`."""

import typer

from app.cli.command_runner import run_and_report

plans = typer.Typer(no_args_is_help=True, help="What partners pay for the platform.")


@plans.callback()
def _group() -> None:
    """What partners pay for the platform."""


@plans.command("verify")
def verify_plans() -> None:
    """Compare bills, credits and headquarters' invoices of every partner's plan; 1 when something does not hold."""
    from billing.subscriptions.commands import verify_plans as verify

    faults = 0
    for slug, findings in run_and_report(verify).items():
        faults += len(findings)
        typer.echo(f"{slug}: {len(findings)} faults")
        for finding in findings:
            typer.echo(f"  {finding.check} {finding.occasion} {finding.amount}", err=True)
    if faults:
        raise typer.Exit(1)
