"""What service levels do when their time comes."""

from app.background import Sweeps
from app.kernel.outbox import DueKind
from app.sla.clocks import check_clocks

sweeps = Sweeps()
sweeps.register(DueKind.SLA_THRESHOLD, check_clocks)
