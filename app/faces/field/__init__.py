"""The engineer's phone: the day in order, one big next step per visit, nothing typed is ever lost (T7)."""
