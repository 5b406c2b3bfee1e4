"""Uploads and runs imports as a partner's owner, through the API and the consumer."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.platform.imports.tasks import run_import
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from tests.conftest import ClientFor
from tests.factories.network import PartnerCompany


class ListUploads:
    """Lists of one kind, of one partner."""

    def __init__(self, runtime: Runtime, http: ClientFor, partner: PartnerCompany, kind: str) -> None:
        self.runtime = runtime
        self.http = http
        self.partner = partner
        self.kind = kind

    async def send(
        self, content: bytes | str, client_id: UUID | None = None, name: str = "list.csv", actor: Actor | None = None
    ) -> Any:
        """The answer to an upload."""
        caller = await self.http(actor or self.partner.owner)
        data = {"kind": self.kind} | ({"client_id": str(client_id)} if client_id else {})
        content = content.encode() if isinstance(content, str) else content
        return await caller.post("/api/v1/imports", data=data, files={"file": (name, content)})

    async def upload(
        self, content: bytes | str, client_id: UUID | None = None, name: str = "list.csv"
    ) -> dict[str, Any]:
        """What an upload answers."""
        answer = await self.send(content, client_id, name)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def post(self, uploaded: dict[str, Any], step: str, **more: Any) -> Any:
        """The answer to a step of an import."""
        caller = await self.http(self.partner.owner)
        return await caller.post(
            f"/api/v1/imports/{uploaded['id']}/{step}", json={"version": uploaded["version"], **more}
        )

    async def run(self, uploaded: dict[str, Any]) -> dict[str, Any]:
        """The import after a worker had its turn."""
        payload = {"import_id": uploaded["id"], "client_id": uploaded["client_id"]}
        await run_import(self.runtime, self.partner.id, new_id(), payload)
        caller = await self.http(self.partner.owner)
        done: dict[str, Any] = (await caller.get(f"/api/v1/imports/{uploaded['id']}")).json()
        return done

    async def import_list(self, content: bytes | str, client_id: UUID | None = None) -> dict[str, Any]:
        """Upload, confirm and write a list."""
        uploaded = await self.upload(content, client_id)
        confirmed = await self.post(uploaded, "confirm")
        assert confirmed.status_code == 200, confirmed.text
        return await self.run(uploaded)

    async def rows(self, model: type[Any], *where: Any) -> list[Any]:
        """What the partner has of a table."""
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            return list(await work.session.scalars(select(model).where(*where).order_by(model.id)))


def codes(uploaded: dict[str, Any]) -> list[tuple[str, str]]:
    """Cell and code of every issue."""
    return [(issue["cell"], issue["code"]) for issue in uploaded["issues"]]
