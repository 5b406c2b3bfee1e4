"""An import that is killed half-way goes on where it was, and comes to what an undisturbed one comes to."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.agreements.sla.models import ClockRecord
from app.data_exchange.ticket_import.models import ImportedTicket, ImportOutcome, TicketImport
from app.desk.tickets.models import Ticket, TicketEvent, TicketNote
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock
from tests.factories.network import PartnerCompany
from tests.program_processes import ROOT, environment_of
from tests.ticket_import.conftest import MAPPING_TEXT, ImportingPartner, log_of

TICKETS = 2_000


def rows() -> Iterator[dict[str, str]]:
    begin = datetime(2026, 1, 5, 9)  # noqa: DTZ001 - local, as logs have it
    for number in range(TICKETS):
        opened = begin + timedelta(minutes=37 * number)
        for minutes, state in ((0, "New"), (20, "Active"), (50, "Awaiting User"), (200, "Resolved"), (900, "Closed")):
            at = opened + timedelta(minutes=minutes)
            yield {
                "no": f"INC{number:06d}",
                "at": f"{at:%d-%m-%Y %H:%M}",
                "opened": f"{opened:%d-%m-%Y %H:%M}",
                "state": state,
                "caller": f"Caller {number % 90}",
                "group": f"Group {number % 7}",
                "what": "上不了网",
            }


async def sums(runtime: Runtime, partner: PartnerCompany) -> list[Any]:
    async with runtime.units_of_work.begin(partner.system) as work:
        return [
            await work.session.scalar(select(func.count(model.id)))
            for model in (Ticket, TicketEvent, TicketNote, ClockRecord, ImportedTicket, ImportOutcome)
        ] + [
            tuple(row)
            for row in await work.session.execute(
                select(ClockRecord.kind, ClockRecord.state, func.count(), func.sum(ClockRecord.counted_seconds))
                .group_by(ClockRecord.kind, ClockRecord.state)
                .order_by(ClockRecord.kind, ClockRecord.state)
            )
        ]


def kill_after(command: list[str], environment: dict[str, str], *, batches: int) -> None:
    """Start the command, and kill it when it has told of so many batches."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stderr is not None
    told = 0
    for line in process.stderr:
        told += line.strip().endswith(f"/ {TICKETS}")
        if told == batches:
            break
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=10)


@pytest.mark.slow(25, "killed imports, each in a process of its own")
async def test_a_killed_import_goes_on_where_it_was(
    machine_time: SettableClock, runtime: Runtime, importer: ImportingPartner, test_settings: Settings, tmp_path: Path
) -> None:
    text = log_of(*rows())
    log, mapping = tmp_path / "log.csv", tmp_path / "desk.toml"
    log.write_text(text, encoding="utf-8")
    mapping.write_text(MAPPING_TEXT, encoding="utf-8")
    environment = environment_of(test_settings, machine_time)
    command = [sys.executable, "-m", "app.cli", "import-tickets", str(log), "--mapping", str(mapping)]
    command += ["--tenant", importer.partner.slug, "--client", importer.client.code, "--time-zone", "Asia/Shanghai"]
    kill_after(command, environment, batches=TICKETS // 250 + 3)  # the dry run, and three batches of tickets

    async with runtime.units_of_work.begin(importer.partner.system) as work:
        cut = (await work.session.scalars(select(TicketImport))).one()
        assert cut.state == "running"
        assert 0 < cut.tickets_done < TICKETS
        assert await work.session.scalar(select(func.count(Ticket.id))) == cut.tickets_done

    resumed = await importer.import_log(text)
    assert (resumed.id, resumed.state) == (cut.id, "done")
    killed = await sums(runtime, importer.partner)
    assert killed[0] == TICKETS

    whole = await undisturbed(runtime, importer, text)
    assert killed == whole


async def undisturbed(runtime: Runtime, importer: ImportingPartner, text: str) -> list[Any]:
    partner, client = await importer.neighbour()
    await importer.import_log(text, tenant_slug=partner.slug, client_code=client.code)
    return await sums(runtime, partner)
