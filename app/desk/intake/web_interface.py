"""What pages and JSON handlers of other areas may use; the worker does without it."""

from app.desk.intake.dependencies import follow_of, sign_in_path_of

__all__ = ["follow_of", "sign_in_path_of"]
