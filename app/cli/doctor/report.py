"""The findings, a line each, for people or for programs."""

import msgspec
import typer

from app.cli.doctor.examination import examine
from app.cli.doctor.findings import Finding, Verdict
from app.platform.kernel.runtime import Runtime

_encode = msgspec.json.Encoder().encode


async def report(runtime: Runtime, *, quick: bool, as_json: bool) -> int:
    """Print what is found while it is found; how much of it is broken."""
    wrong = 0
    async for finding in examine(runtime, quick=quick):
        wrong += finding.verdict is Verdict.BROKEN
        typer.echo(_encode(finding).decode() if as_json else line_of(finding))
    return wrong


def line_of(finding: Finding) -> str:
    """A finding as people read it."""
    line = f"{finding.verdict:8} {finding.subject}: {finding.told}"
    return f"{line}\n         → {finding.remedy}" if finding.remedy else line
