"""The engineer's phone pages: the day's visits, the next action of each, offline forms and pages [T7]."""
