"""Accounts that belong nowhere any more."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.people.identity.models import Account, Membership
from app.platform.kernel.model import Model


async def forget_accounts(connection: AsyncConnection, account_ids: Iterable[UUID]) -> int:
    """Remove those of the accounts that have no membership, with all that hangs on them; how many. `connection` is the
    signin role's, which sees the memberships of every company."""
    erased = 0
    for account_id in account_ids:
        elsewhere = await connection.scalar(select(Membership.id).where(Membership.account_id == account_id).limit(1))
        if elsewhere is not None:
            continue
        for table, column in _account_tables():
            await connection.execute(delete(table).where(table.columns[column] == account_id))
        gone = await connection.execute(delete(Account).where(Account.id == account_id))
        erased += gone.rowcount
    return erased


def _account_tables() -> list[tuple[Table, str]]:
    """Tables whose rows belong to an account, outside the tenants, and the column that names it."""
    return [
        (table, column.parent.name)
        for table in reversed(Model.metadata.sorted_tables)
        for column in table.foreign_keys
        if column.column.table.name == Account.__tablename__
    ]
