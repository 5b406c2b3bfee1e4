"""What a role may do. Which rows is SQL; in which state is the state machine."""

from rbac.enforcer import permission_codes, permissions_of, roles_of
from rbac.permissions import Access, Permission, PermissionCode

__all__ = ["Access", "Permission", "PermissionCode", "permission_codes", "permissions_of", "roles_of"]
