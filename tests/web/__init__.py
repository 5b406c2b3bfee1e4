"""The design system: what it draws, how it reads, what it weighs, how it behaves."""
