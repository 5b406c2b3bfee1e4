"""Use cases of royalties."""
