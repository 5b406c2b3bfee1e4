"""What comes in from other systems, and what is handed out or forgotten about a person."""
