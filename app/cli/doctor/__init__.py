"""`yinghuo doctor`: what is wrong with a living installation, and what to do about it."""
