"""What a role may do. Which rows is SQL; in which state is the state machine."""

from rbac.enforcer import permissions_of, roles_of
from rbac.permissions import Access, Permission

__all__ = ["Access", "Permission", "permissions_of", "roles_of"]
