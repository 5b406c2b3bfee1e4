"""Reading tickets: one, lists, search, the history of a device."""
