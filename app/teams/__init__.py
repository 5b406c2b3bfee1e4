"""Teams, and which clients each member of staff looks after (I2). What other areas may use."""

from app.teams.service import Reaches, Teams

__all__ = ["Reaches", "Teams"]
