"""What other areas may use in the web process; the worker does not load it."""

from app.platform.documents.download import document_answer, pdf_answer

__all__ = ["document_answer", "pdf_answer"]
