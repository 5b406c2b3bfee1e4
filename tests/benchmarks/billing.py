"""The numbers of billing: `./run bench --billing` takes them alone, `./run bench` among the others."""

import tempfile
from functools import partial
from pathlib import Path

from app.platform.kernel.runtime import Runtime
from tests.benchmarks import (
    bank_statement,
    coverage_answer,
    insurance,
    invoicing,
    ledger_verification,
    rating,
    royalties,
)
from tests.benchmarks.scenery import Scenery, analyse, scenery
from tests.factories.network import Network


async def measure_alone() -> None:
    """In an installation of its own."""
    with tempfile.TemporaryDirectory(prefix="yinghuo-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        async with scenery(home, tickets=1_000) as scene:
            await measure(scene)


async def measure(scene: Scenery) -> None:
    """One line each, beside its target."""
    runtime = Runtime(scene.settings)
    network, analysed = Network(runtime), partial(analyse, scene.environment)
    rated = await rating.measure(runtime, network, analysed)
    print(f"rating on one worker, records per second: visits {rated.first:.0f}, ", end="")
    print(f"the same again {rated.again:.0f}, periods of contracts {rated.periods:.0f} (target 1,000)", flush=True)
    billed = await invoicing.measure(runtime, network)
    print(
        f"100,000 charges of 10,000 clients become drafts: {billed.run:.1f} s (target 60 s), an invoice's PDF ", end=""
    )
    print(f"{billed.pdf * 1_000:.1f} ms (target 50 ms)", flush=True)
    told = await bank_statement.measure(runtime, network)
    print(f"10,000 lines of a bank statement: import {told.brought:.1f} s, all of them matched ", end="")
    print(f"{told.matched:.1f} s, together {told.brought + told.matched:.1f} s (target 10 s); ", end="")
    print(f"200 sure ones booked {told.booked:.1f} s", flush=True)
    covered = await coverage_answer.measure(runtime, network, analysed)
    print(f"coverage at {coverage_answer.DEVICES} devices and {coverage_answer.LINES} lines: p50 ", end="")
    print(f"{covered.middle * 1_000:.1f} ms, p95 {covered.p95 * 1_000:.1f} ms (target 5 ms)", flush=True)
    verified = await ledger_verification.measure(runtime, network, analysed)
    print(f"books of {ledger_verification.POSTINGS:,} postings verified: {verified:.1f} s (target 30 s)", flush=True)
    owed = await royalties.measure(runtime, network, analysed)
    print(f"royalty statements of {royalties.PARTNERS:,} partners: {owed.stated:.1f} s (target 60 s); ", end="")
    print(f"revenue of {royalties.INVOICES:,} invoices rebuilt {owed.rebuilt:.1f} s, ", end="")
    print(f"the same again {owed.again:.1f} s (target 5 s)", flush=True)
    renewed = await insurance.measure(runtime, network, analysed)
    print(f"{insurance.POLICIES:,} policies renewed: {renewed:.1f} s (target 180 s)", flush=True)
    await runtime.close()
