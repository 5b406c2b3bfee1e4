"""One tenant: export, restore, erase."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.command_runner import run_and_report

tenant = typer.Typer(no_args_is_help=True, help="One tenant: export, restore, erase.")


@tenant.command("list")
def list_tenants() -> None:
    """Slug, state, end of the retention, name."""
    from tenants.data_lifecycle.commands import tenants

    for line in run_and_report(tenants):
        kept = line.erase_after.isoformat() if line.erase_after else "-"
        typer.echo(f"{line.slug}\t{line.state}\t{kept}\t{line.name}")


@tenant.command("export")
def export_tenant(
    slug: Annotated[str, typer.Argument(help="The partner's slug.")],
    to: Annotated[Path, typer.Option(dir_okay=False, help="The archive to write; a killed export goes on there.")],
) -> None:
    """Write everything of one partner into an archive (docs/tenant-export.md)."""
    from migrations.registry import mapped_classes
    from tenants.data_lifecycle import Progress, TenantTables
    from tenants.data_lifecycle.commands import export_tenant as export

    async def tell(progress: Progress) -> None:
        typer.echo(f"\r{progress.rows} rows, {progress.files} files", nl=False, err=True)

    tables = TenantTables(mapped_classes())
    done = run_and_report(lambda runtime: export(runtime, tables, slug, to, tell))
    typer.echo("", err=True)
    typer.echo(f"{to}: {done.rows} rows, {done.files} files, manifest sha256 {done.sha256}")
    if done.missing_files:
        typer.echo(f"{done.missing_files} files are missing in the store; the manifest names them", err=True)


@tenant.command("restore")
def restore_tenant(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="An archive of `tenant export`.")],
) -> None:
    """Make the tenant of an archive, in an installation that does not have it; a killed restore goes on."""
    from migrations.registry import mapped_classes
    from tenants.data_lifecycle import TenantTables
    from tenants.data_lifecycle.commands import restore_tenant as restore

    tables = TenantTables(mapped_classes())
    done = run_and_report(lambda runtime: restore(runtime, tables, file, lambda line: typer.echo(line, err=True)))
    typer.echo(
        f"{done.slug}: {done.rows} rows, {done.files} files; accounts made {done.accounts_made}, "
        f"linked {done.accounts_linked}"
    )


@tenant.command("erase")
def erase_tenant(slug: Annotated[str, typer.Argument(help="A terminated partner whose retention has ended.")]) -> None:
    """Erase a partner whose time has come, at once and here: where the relay may not use the owner role."""
    from migrations.registry import mapped_classes
    from tenants.data_lifecycle import TenantTables
    from tenants.data_lifecycle.commands import erase_tenant as erase

    tables = TenantTables(mapped_classes())
    typer.echo(f"certificate sha256 {run_and_report(lambda runtime: erase(runtime, tables, slug))}")
