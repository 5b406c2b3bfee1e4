"""What is agreed with clients: service levels with their clocks, and the catalogue of services."""
