"""Use cases of partners' plans."""
