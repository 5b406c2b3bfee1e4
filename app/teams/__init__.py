"""Service teams, and the clients assigned to members of staff (I2)."""

from app.teams.service import Reaches, Teams

__all__ = ["Reaches", "Teams"]
