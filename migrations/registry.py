"""Every mapped class of the program, in one place that migrations and architecture tests can import."""

import app.audit.models
import app.background.models
import app.catalogue.models
import app.clients.models
import app.confidentiality.models
import app.devices.models
import app.engineers.models
import app.files.models
import app.http.models
import app.identity.models
import app.kernel.audit
import app.kernel.counters
import app.kernel.outbox
import app.notifications.models
import app.personal_data.models
import app.single_sign_on.models
import app.sla.models
import app.surveys.models
import app.ticket_import.models
import app.tickets.models
import rbac.roles.models
import tenants.access_grants.models
import tenants.corrective_actions.models
import tenants.data_lifecycle.models
import tenants.models
import tenants.partner_metrics.models
import tenants.partners.models
from app.kernel.model import Model


def mapped_classes() -> dict[str, type[Model]]:
    """All mapped classes by table name."""
    return {mapper.local_table.description: mapper.class_ for mapper in Model.registry.mappers}
