"""The platform's areas, lowest floor first: kernel, http and background, web, identity, clients, …, portals."""
