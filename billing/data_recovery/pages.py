"""Recovery cases in the partner workspace. Forms work without script."""

handlers: list[object] = []
