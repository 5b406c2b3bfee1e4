"""What other areas may use in the web process; the worker does not load it."""

from app.platform.files.http_transfer import UPLOAD_BODY_LIMIT, inspected_uploads, uploads_of

__all__ = ["UPLOAD_BODY_LIMIT", "inspected_uploads", "uploads_of"]
