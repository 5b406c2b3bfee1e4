"""Every mapped class of the program, in one place that migrations and architecture tests can import."""

import app.agreements.catalogue.models
import app.agreements.sla.models
import app.assets.clients.models
import app.assets.devices.models
import app.data_exchange.personal_data.models
import app.data_exchange.ticket_import.models
import app.desk.confidentiality.models
import app.desk.engineers.models
import app.desk.surveys.models
import app.desk.tickets.models
import app.people.audit.models
import app.people.identity.models
import app.people.single_sign_on.models
import app.platform.background.models
import app.platform.files.models
import app.platform.http.models
import app.platform.kernel.audit
import app.platform.kernel.counters
import app.platform.kernel.outbox
import app.platform.notifications.models
import rbac.roles.models
import tenants.access_grants.models
import tenants.corrective_actions.models
import tenants.data_lifecycle.models
import tenants.models
import tenants.partner_metrics.models
import tenants.partners.models
from app.platform.kernel.model import Model


def mapped_classes() -> dict[str, type[Model]]:
    """All mapped classes by table name."""
    return {mapper.local_table.description: mapper.class_ for mapper in Model.registry.mappers}
