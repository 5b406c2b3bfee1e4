"""Service teams, and the clients assigned to members of staff (I2)."""
