"""What every table has in common, and the isolation class that each must declare."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, Index, MetaData, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Isolation(StrEnum):
    """Which rings may read a table. Writing always takes the tenant's own scope.

    GLOBAL tables have no tenant; they stand on the short list in `tenants.rls` with a reason each.
    """

    GLOBAL = "global"
    PROVIDER = "provider"
    SHARED_READ = "shared-read"
    CLIENT = "client"
    REPORTER = "reporter"


class Model(DeclarativeBase):
    """Base of all mapped classes."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        UUID: Uuid(as_uuid=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }
    __isolation__: ClassVar[Isolation]
    __append_only__: ClassVar[bool] = False
    """The app role may add and read rows, never change or remove them."""


class TenantModel(Model):
    """A row that belongs to one tenant. `tenant_id` leads the primary key (and finds the shard)."""

    __abstract__ = True

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)


class ClientRing:
    """Columns of a row that belongs to one client company."""

    client_id: Mapped[UUID] = mapped_column(sort_order=-8)


class ReporterRing(ClientRing):
    """Columns of a row that one reporter may follow; NULL where no reporter does."""

    reporter_id: Mapped[UUID | None] = mapped_column(sort_order=-7)


def tenant_foreign_key(target: str, column: str, *, name: str | None = None) -> ForeignKeyConstraint:
    """A foreign key to `target` inside the same tenant."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{target}.tenant_id", f"{target}.id"], name=name)


def client_foreign_key(
    target: str, column: str, *, name: str | None = None, use_alter: bool = False
) -> ForeignKeyConstraint:
    """A foreign key to `target` inside the same client of the same tenant.

    The target declares `client_unique(target)`. Without the client in the key one client's row could name another
    client's record, and a failing insert would tell that it exists.
    """
    return ForeignKeyConstraint(
        ["tenant_id", "client_id", column],
        [f"{target}.tenant_id", f"{target}.client_id", f"{target}.id"],
        name=name,
        use_alter=use_alter,
    )


def client_unique(table: str) -> UniqueConstraint:
    """The unique key that `client_foreign_key` refers to."""
    return UniqueConstraint("tenant_id", "client_id", "id", name=f"uq_{table}_client")


def tenant_unique(table: str, *columns: str) -> UniqueConstraint:
    """A uniqueness rule inside one tenant."""
    return UniqueConstraint("tenant_id", *columns, name=f"uq_{table}_{'_'.join(columns)}"[:50])


def tenant_index(table: str, *columns: str, **options: Any) -> Index:
    """An index that leads with the tenant."""
    return Index(f"ix_{table}_{'_'.join(columns)}"[:50], "tenant_id", *columns, **options)
