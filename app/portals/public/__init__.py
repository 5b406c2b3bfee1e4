"""The public pages: home, partner directory, and the application to join the network."""
