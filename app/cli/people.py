"""What the operator does about somebody's personal data (PIPL)."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.command_runner import run_and_report

personal_data = typer.Typer(no_args_is_help=True, help="Personal data of clients' employees.")

Tenant = Annotated[str, typer.Argument(help="The partner's short name.")]
Client = Annotated[str, typer.Argument(help="The client's portal address.")]
Employee = Annotated[str, typer.Argument(help="The employee's number or id.")]


@personal_data.command("export")
def export(
    tenant: Tenant,
    client: Client,
    employee: Employee,
    to: Annotated[Path, typer.Option(help="The file to write.")] = Path("personal-data.json"),
) -> None:
    """Write all that is kept of an employee into a file, for handing over to them."""
    import msgspec

    from app.data_exchange.personal_data.commands import export_person

    found = run_and_report(lambda runtime: export_person(runtime, tenant, client, employee))
    to.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2))
    typer.echo(f"{to}: written")


@personal_data.command("erase")
def erase(
    tenant: Tenant,
    client: Client,
    employee: Employee,
    reason: Annotated[str, typer.Option(help="Who asked, and when.")],
) -> None:
    """Have an employee forgotten who has left. What was done to devices stays, under a pseudonym."""
    from app.data_exchange.personal_data.commands import erase_person_now

    result = run_and_report(lambda runtime: erase_person_now(runtime, tenant, client, employee, reason))
    for part, rows in result.items():
        typer.echo(f"{part}: {rows}")


@personal_data.command("erase-client")
def erase_client(
    tenant: Tenant,
    client: Client,
    reason: Annotated[str, typer.Option(help="Who asked, and when.")],
) -> None:
    """Have a client's company forgotten of which nothing is open. Issued documents and the books stay."""
    from app.data_exchange.personal_data.commands import erase_client_now

    result = run_and_report(lambda runtime: erase_client_now(runtime, tenant, client, reason))
    for part, rows in result.items():
        typer.echo(f"{part}: {rows}")
