"""The demo network: sample data, simulated work, and the command that starts everything."""
