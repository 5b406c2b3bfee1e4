"""The believable network that a visitor walks through, and the one command that starts it."""
