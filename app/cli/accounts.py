"""What the operator does for an account whose owner cannot help themselves any more."""

from typing import Annotated

import typer

from app.cli.command_runner import run_and_report

account = typer.Typer(no_args_is_help=True, help="Accounts of people.")


@account.callback()
def accounts() -> None:
    """Accounts of people."""


@account.command("reset-second-factor")
def reset_second_factor(
    name: Annotated[str, typer.Argument(help="The account's e-mail address or mobile number.")],
) -> None:
    """Take away the second factor of somebody who lost telephone and recovery codes. Make sure first who asks."""
    from app.people.identity import DeliveryQueue, IdentityDependencies
    from app.people.identity.commands import reset_second_factor as reset

    run_and_report(
        lambda runtime: reset(runtime.units_of_work, IdentityDependencies.of(runtime, DeliveryQueue()), name)
    )
    typer.echo(f"{name}: done; the person signs in with the password and sets up a new one")
