"""Making a ticket and moving it through its lifecycle: one way for every step."""
