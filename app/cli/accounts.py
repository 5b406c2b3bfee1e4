"""What the operator does for an account whose owner cannot help themselves any more."""

from typing import Annotated

import typer

from app.cli.process import told

account = typer.Typer(no_args_is_help=True, help="Accounts of people.")


@account.callback()
def accounts() -> None:
    """Accounts of people."""


@account.command("reset-second-factor")
def reset_second_factor(
    name: Annotated[str, typer.Argument(help="The account's e-mail address or mobile number.")],
) -> None:
    """Take away the second factor of somebody who lost telephone and recovery codes. Make sure first who asks."""
    from app.identity import DeliveryQueue, IdentityParts
    from app.identity.commands import reset_second_factor as reset

    told(lambda runtime: reset(runtime.works, IdentityParts.of(runtime, DeliveryQueue()), name))
    typer.echo(f"{name}: done; the person signs in with the password and sets up a new one")
