"""Service teams, and the clients assigned to members of staff (I2)."""

from app.desk.teams.service import AccessScopeService, TeamService

__all__ = ["AccessScopeService", "TeamService"]
