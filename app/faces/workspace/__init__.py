"""The partner's desk: what needs a decision now, the queue, one ticket's story, calls to the hot-line."""
