"""PostgreSQL and Valkey out of Python wheels, for a machine that has neither, and their supervisor.

Nothing of the application is imported here: the servers, their roles and the supervisor know
processes, ports and directories only.
"""

from app.embedded.errors import EmbeddedError
from app.embedded.postgres import EmbeddedPostgres
from app.embedded.roles import RoleDsns, dsn_of_database, prepare_roles, role_dsns
from app.embedded.state import state_directory
from app.embedded.supervisor import Child, Servers, Supervisor
from app.embedded.valkey import EmbeddedValkey

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
