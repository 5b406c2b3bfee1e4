"""What follows: devices that left use leave their policy, and certificates are drawn and kept."""

from typing import Any
from uuid import UUID

from app.assets.devices import DeviceRetired
from app.platform.background import Consumers, consume
from app.platform.documents import archive
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from billing.insurance.documents import INSURANCE_CERTIFICATE
from billing.insurance.events import CertificateIssued
from billing.insurance.services.underwriting import end_covers_of_device

consumers = Consumers()


@consumers.on(DeviceRetired.topic, name="insurance.end_cover", lane=DueKind.OUTBOX_FOLLOW_UP)
async def device_retired(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """The device is not insured any more; what was paid beyond today is given back."""
    async with consume(runtime, tenant_id, event_id, "insurance.end_cover") as work:
        if work is not None:
            await end_covers_of_device(work, UUID(payload["device_id"]))


@consumers.on(CertificateIssued.topic, name="insurance.archive_certificate", lane=DueKind.OUTBOX_LONG)
async def archive_certificate(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Draw the certificate once and keep it."""
    await archive(
        runtime,
        tenant_id,
        event_id,
        consumer="insurance.archive_certificate",
        kind=INSURANCE_CERTIFICATE,
        edition_id=UUID(payload["certificate_id"]),
    )
