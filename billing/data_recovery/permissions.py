"""What people may do with recovery cases."""

from rbac import PermissionCode


class RecoveryPermission(PermissionCode):
    """Data recovery, at the company and at the client."""

    RECOVERY_CASE_READ = "recovery_case:read"
    RECOVERY_CASE_WORK = "recovery_case:work"
    """Receive media, hand them over, work on them: on cases that one is on."""
    RECOVERY_CASE_WRITE = "recovery_case:write"
    """Open cases, say who is on them, quote, stop."""
    RECOVERY_CASE_DECIDE = "recovery_case:decide"
    """In the name of the client: accept the result, have the media destroyed, want them back."""
