"""What people may do with insurance."""

from rbac import PermissionCode


class InsurancePermission(PermissionCode):
    """Device insurance, at the company and at the client."""

    INSURANCE_POLICY_READ = "insurance_policy:read"
    INSURANCE_POLICY_WRITE = "insurance_policy:write"
    """Write policies, put devices under them, end them."""
    INSURANCE_PRODUCT_WRITE = "insurance_product:write"
    """Write the terms and rates of products."""
