"""Labels of the permissions."""

from collections.abc import Mapping
from functools import cache

from app.platform.kernel.areas import areas


@cache
def permission_names() -> Mapping[str, str]:
    """Permission → its label, in alphabetical order, as the areas declare them."""
    declared = {str(permission.code): permission.label for area in areas() for permission in area.permissions}
    return dict(sorted(declared.items()))
