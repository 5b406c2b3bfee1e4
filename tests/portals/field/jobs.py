"""An engineer's visits, and what the phone does with them."""

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from PIL import Image

from app.platform.kernel.actor import Actor
from tests.conftest import START
from tests.factories.network import ClientCompany, PartnerCompany

WORK = {"work_done": "更换内存条并除尘，开机正常", "cause": "内存接触不良", "work_minutes": "25"}


@dataclass
class Scene:
    partner: PartnerCompany
    client: ClientCompany
    device_id: UUID
    engineer: Actor
    by_reporter: Any
    by_dispatcher: Any
    phone: Any


@dataclass
class Job:
    ticket_id: str
    visit_id: str

    @property
    def page(self) -> str:
        return f"/field/visits/{self.visit_id}"


async def planned(
    scene: Scene, subject: str = "开不了机", hours: float = 1, mode: str = "on_site", ticket_id: str = ""
) -> Job:
    if not ticket_id:
        fault = {"subject": subject, "device_id": str(scene.device_id)}
        ticket_id = (await scene.by_reporter.post("/api/v1/tickets", json=fault)).json()["id"]
    assigned = await scene.by_dispatcher.post(
        f"/api/v1/tickets/{ticket_id}/assignments",
        json={
            "engineer_id": str(scene.engineer.membership_id),
            "scheduled_start": (START + timedelta(hours=hours)).isoformat(),
            "scheduled_end": (START + timedelta(hours=hours + 1)).isoformat(),
            "mode": mode,
        },
    )
    return Job(ticket_id, assigned.json()["visit_id"])


async def shown(scene: Scene, address: str) -> str:
    """The page without its embedded templates of later stages."""
    return re.sub(r"<template data-stage.*?</template>", "", (await scene.phone.get(address)).text, flags=re.DOTALL)


async def pressed(scene: Scene, job: Job, step: str, **data: str) -> Any:
    return await scene.phone.post(f"{job.page}/{step}", data=data)


async def at_work(scene: Scene) -> Job:
    job = await planned(scene)
    for step in ("accept", "depart", "arrive"):
        answer = await pressed(scene, job, step)
        assert answer.status_code == 303, answer.text
    return job


async def ticket_of(scene: Scene, job: Job) -> dict[str, Any]:
    return dict((await scene.by_dispatcher.get(f"/api/v1/tickets/{job.ticket_id}")).json())


def data_address(image: bytes) -> str:
    return f"data:image/png;base64,{b64encode(image).decode()}"


def photo() -> bytes:
    stream = BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(stream, "JPEG")
    return stream.getvalue()
