"""`python -m app.cli`."""

from app.cli import main
from app.cli.command_runner import errors_in_one_sentence

with errors_in_one_sentence():
    main()
