"""The areas of the program, from the ground to the top floor. Each declares itself in its `area.py`.

Names only: nothing is imported here, so that even the ground floor may read the list.
"""

from typing import Final

PACKAGES: Final = (
    "app.platform.kernel",
    "tenants",
    "app.platform.http",
    "app.platform.background",
    "app.platform.web",
    "app.platform.lists",
    "app.platform.files",
    "app.platform.notifications",
    "app.platform.documents",
    "app.platform.promises",
    "rbac.roles",
    "app.people.identity",
    "app.people.audit",
    "app.people.approvals",
    "tenants.partners",
    "tenants.data_lifecycle",
    "app.assets.clients",
    "app.agreements.catalogue",
    "tenants.access_grants",
    "app.desk.teams",
    "app.assets.devices",
    "app.people.single_sign_on",
    "app.agreements.sla",
    "app.desk.engineers",
    "app.desk.confidentiality",
    "app.desk.tickets",
    "app.desk.intake",
    "app.desk.surveys",
    "app.data_exchange.ticket_import",
    "app.data_exchange.personal_data",
    "billing.ledger",
    "tenants.partner_metrics",
    "tenants.corrective_actions",
    "app.portals.layout",
    "app.portals.public",
    "app.portals.employee",
    "app.portals.field",
    "app.portals.client",
    "app.portals.desk",
    "app.portals.hq",
)
