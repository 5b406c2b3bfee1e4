"""What pages and JSON handlers of other areas may use; the worker does without it."""

from app.platform.files.http_transfer import UPLOAD_BODY_LIMIT, inspected_uploads, uploads_of

__all__ = ["UPLOAD_BODY_LIMIT", "inspected_uploads", "uploads_of"]
