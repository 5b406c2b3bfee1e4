"""How tests are run: in how many processes, how long each takes, which belong to a change."""
