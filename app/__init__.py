"""The program: its ways in, and the districts of its areas in the order of docs/architecture.md."""
