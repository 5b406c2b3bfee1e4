"""From what a client bought to the money in the bank, and the ledger under all of it."""
