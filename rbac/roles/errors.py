"""What the area of own roles refuses."""

from app.platform.kernel.errors import Conflict, Forbidden
from app.platform.kernel.texts import N_


class RoleNameTaken(Conflict):
    """Another role of the company is called so."""

    code = "role.name_taken"
    text = N_("已经有这个名称的角色。")


class PermissionBeyondOwn(Forbidden):
    """Nobody composes a role that may do more than they may."""

    code = "role.permission_beyond_own"
    text = N_("只能选择您自己拥有的权限。")


class TooManyRoles(Conflict):
    """The company has as many own roles as it can have."""

    code = "role.too_many"
    text = N_("最多可以有 %(most)s 个自定义角色，请先作废不用的。")
