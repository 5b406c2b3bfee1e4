"""Who the tenant is and the isolation that the database keeps; the network's partners, their figures and their end."""
