"""Whether the records say the same as when they were written: the chain over the audit log, and the books."""

from app.cli.doctor.findings import Finding, broken, ok
from app.people.audit import verify_chains
from app.platform.kernel.runtime import Runtime
from billing.ledger.commands import verify_books


async def look_at_audit_log(runtime: Runtime) -> list[Finding]:
    """Every company's chain."""
    verdicts = await verify_chains(runtime)
    faulty = sorted(slug for slug, verdict in verdicts.items() if verdict.findings)
    if faulty:
        told = f"the audit log was changed behind the program's back: {', '.join(faulty)}"
        return [broken("audit log", told, "./run audit verify names the entries; docs/audit.md says what follows")]
    return [ok("audit log", f"{sum(verdict.links for verdict in verdicts.values())} entries, as they were written")]


async def look_at_books(runtime: Runtime) -> list[Finding]:
    """Every company's ledger."""
    books = await verify_books(runtime)
    faulty = sorted(slug for slug, findings in books.items() if findings)
    if faulty:
        told = f"the books do not hold: {', '.join(faulty)}"
        return [broken("books", told, "./run ledger verify names the records; close no month before it is explained")]
    return [ok("books", f"of {len(books)} companies hold")]
