"""What people may do with the coverage of tickets."""

from rbac import PermissionCode


class CoveragePermission(PermissionCode):
    """Whoever may read a ticket reads its coverage, each in the words for them."""

    COVERAGE_OVERRIDE = "coverage:override"
    """Say otherwise than the contract, with a reason."""
