"""Commands on the chain over the audit log."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.command_runner import run_and_report

audit = typer.Typer(no_args_is_help=True, help="The chain over the audit log.")


@audit.command("verify")
def verify_audit(
    tenant: Annotated[str, typer.Argument(help="A tenant's slug, or all.")] = "all",
    anchors: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Anchors of this tenant that were kept outside.")
    ] = None,
) -> None:
    """Find entries that were changed, removed, put in or put in another order; 1 when there are any."""
    from app.people.audit import kept_anchors_in, verify_chains

    kept_anchors = kept_anchors_in(anchors.read_text()) if anchors else []
    if anchors and not kept_anchors:
        typer.echo(f"{anchors}: no line like 2026-11-23 1042 <64 hexadecimal digits>", err=True)
        raise typer.Exit(2)
    verdicts = run_and_report(lambda runtime: verify_chains(runtime, tenant, kept_anchors))
    for slug, verdict in verdicts.items():
        typer.echo(f"{slug}: {verdict.links} linked, {len(verdict.findings)} faults")
        for finding in verdict.findings:
            place = f" sequence {finding.sequence}" if finding.sequence is not None else ""
            entry = f" entry {finding.entry_id}" if finding.entry_id else ""
            typer.echo(f"  {finding.fault}{place}{entry} {finding.detail}".rstrip(), err=True)
    if any(verdict.findings for verdict in verdicts.values()):
        raise typer.Exit(1)


@audit.command("anchors")
def print_anchors(tenant: Annotated[str, typer.Argument(help="A tenant's slug, or all.")] = "all") -> None:
    """Print every day's anchor, to be kept outside: day, sequence, hash."""
    from app.people.audit import all_anchors

    for slug, anchors in run_and_report(lambda runtime: all_anchors(runtime, tenant)).items():
        typer.echo(f"# {slug}")
        for anchor in anchors:
            typer.echo(f"{anchor.day} {anchor.sequence} {anchor.hash}")
