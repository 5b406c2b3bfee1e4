"""Imports of each process at start: every module costs start-up time and memory."""

import subprocess
import sys

import pytest

from tests.program_processes import ROOT

NOT_AT_THE_START = {
    *("xlsxwriter", "python_calamine", "olefile", "opencc"),  # reading and writing of tables
    *("typst", "segno", "pypdf"),  # documents
    *("obstore", "joserfc", "alembic", "mako"),  # buckets, identity providers, archives
    *("IPython", "hypothesis", "pytest", "playwright"),
}
"""Loaded by the function that needs them, when it is first called."""
OTHER_PROCESS_ONLY = {"app.asgi": {"celery", "kombu", "billiard"}, "app.worker": {"granian", "app.asgi"}}
"""What only the other processes do."""
OWN_PACKAGES = ("app.", "tenants.", "rbac.")
LIST_MODULES = "import sys, {way_in}; {first}; print('\\n'.join(sys.modules))"
FIRST = {"app.asgi": "app.asgi.build", "app.worker": "app.worker.all_consumers(), app.worker.all_sweeps()"}
"""What a process does before it is of use; a worker looks up then what its areas listen to."""


@pytest.mark.parametrize("way_in", ["app.asgi", "app.worker"])
def test_a_process_loads_what_it_needs_from_the_start_and_no_more(way_in: str) -> None:
    started = LIST_MODULES.format(way_in=way_in, first=FIRST[way_in])
    listing = subprocess.run([sys.executable, "-c", started], cwd=ROOT, check=True, capture_output=True, text=True)
    loaded = set(listing.stdout.split())
    found = sorted((NOT_AT_THE_START | OTHER_PROCESS_ONLY[way_in]) & loaded)
    assert not found, (
        f"{way_in} loads {found} at its start. Import what few requests need inside the function that needs it (its "
        "types under TYPE_CHECKING): all of it together cost every process 20 MB and the start half a second."
    )
    handlers = sorted(name for name in loaded if name.startswith(OWN_PACKAGES) and name.endswith((".api", ".pages")))
    assert way_in == "app.asgi" or not handlers, f"the background needs no way in from outside: {handlers}"
