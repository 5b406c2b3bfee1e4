"""`python -m app.cli`."""

from app.cli import main
from app.cli.process import one_sentence

with one_sentence():
    main()
