"""Queries on second factors and recovery codes, as the signin role."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.identity.models import AccountRecoveryCode, AccountSecondFactor


class SecondFactorRepository:
    """The rows of one account at a time."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, account_id: UUID, *, lock: bool = False) -> AccountSecondFactor | None:
        statement = select(AccountSecondFactor).where(AccountSecondFactor.account_id == account_id)
        found: AccountSecondFactor | None = await self._session.scalar(
            statement.with_for_update() if lock else statement
        )
        return found

    async def begin(self, account_id: UUID, sealed_seed: str, now: datetime) -> bool:
        """Keep a new seed, unless a confirmed one is there."""
        statement = insert(AccountSecondFactor).values(
            account_id=account_id, sealed_seed=sealed_seed, created_at=now, last_step=0
        )
        begun = await self._session.scalar(
            statement.on_conflict_do_update(
                index_elements=[AccountSecondFactor.account_id],
                set_={"sealed_seed": sealed_seed, "created_at": now, "last_step": 0},
                where=AccountSecondFactor.confirmed_at.is_(None),
            ).returning(AccountSecondFactor.account_id)
        )
        return begun is not None

    async def remove(self, account_id: UUID) -> bool:
        """Whether there was one to remove."""
        await self._session.execute(delete(AccountRecoveryCode).where(AccountRecoveryCode.account_id == account_id))
        gone = await self._session.scalar(
            delete(AccountSecondFactor)
            .where(AccountSecondFactor.account_id == account_id)
            .returning(AccountSecondFactor.account_id)
        )
        return gone is not None

    async def recovery_codes_left(self, account_id: UUID) -> int:
        found = await self._session.scalar(
            select(func.count(AccountRecoveryCode.id)).where(
                AccountRecoveryCode.account_id == account_id, AccountRecoveryCode.used_at.is_(None)
            )
        )
        return found or 0

    async def replace_recovery_codes(self, account_id: UUID, hashes: Sequence[tuple[UUID, str]], now: datetime) -> None:
        """`hashes` are (id, hash)."""
        await self._session.execute(delete(AccountRecoveryCode).where(AccountRecoveryCode.account_id == account_id))
        for code_id, code_hash in hashes:
            self._session.add(
                AccountRecoveryCode(id=code_id, account_id=account_id, code_hash=code_hash, created_at=now)
            )

    async def use_recovery_code(self, account_id: UUID, code_hash: str, now: datetime) -> bool:
        """Use it up; two at once cannot both."""
        used = await self._session.scalar(
            update(AccountRecoveryCode)
            .where(
                AccountRecoveryCode.account_id == account_id,
                AccountRecoveryCode.code_hash == code_hash,
                AccountRecoveryCode.used_at.is_(None),
            )
            .values(used_at=now)
            .returning(AccountRecoveryCode.id)
        )
        return used is not None
