"""PostgreSQL and Valkey out of Python wheels, for a machine that has neither, and their supervisor.

Nothing of the application is imported here: the servers, their roles and the supervisor know
processes, ports and directories only.
"""

from app.platform.embedded.errors import EmbeddedError
from app.platform.embedded.postgres import EmbeddedPostgres
from app.platform.embedded.roles import RoleDsns, dsn_of_database, prepare_roles, role_dsns
from app.platform.embedded.state import state_directory
from app.platform.embedded.supervisor import Child, Servers, Supervisor
from app.platform.embedded.valkey import EmbeddedValkey

__all__ = [
    "Child",
    "EmbeddedError",
    "EmbeddedPostgres",
    "EmbeddedValkey",
    "RoleDsns",
    "Servers",
    "Supervisor",
    "dsn_of_database",
    "prepare_roles",
    "role_dsns",
    "state_directory",
]
