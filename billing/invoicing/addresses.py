"""Where the pages of invoices stand."""

from typing import Final

INVOICES: Final = "/workspace/invoices"
DRAFTS: Final = f"{INVOICES}/drafts"
RUNS: Final = f"{INVOICES}/runs"
PORTAL: Final = "/portal/invoices"
FAPIAOS: Final = "/workspace/fapiaos"
