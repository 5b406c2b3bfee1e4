"""The store of finished archives until they expire."""

import asyncio
import shutil
from pathlib import Path
from uuid import UUID

from app.platform.kernel.runtime import Runtime


class ArchiveStore:
    """`root/<tenant>/<export>.zip`, readable by the program only. Paths are made of ids."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @classmethod
    def of(cls, runtime: Runtime) -> "ArchiveStore":
        return cls(runtime.settings.data_directory / "exports")

    def place(self, tenant_id: UUID, export_id: UUID) -> Path:
        """Where the archive lies, or is to lie; the folder is made."""
        folder = self._root / str(tenant_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / f"{export_id}.zip"

    async def remove(self, tenant_id: UUID, export_id: UUID) -> None:
        """Remove an archive, finished or not."""
        place = self.place(tenant_id, export_id)
        for path in (place, *(place.with_name(place.name + ending) for ending in (".part", ".journal"))):
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def remove_tenant(self, tenant_id: UUID) -> None:
        """Remove every archive of a tenant."""
        await asyncio.to_thread(shutil.rmtree, self._root / str(tenant_id), ignore_errors=True)
