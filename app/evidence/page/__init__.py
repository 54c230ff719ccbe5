"""The report as one HTML file, for a learner to open, print or send."""

from app.evidence.page.document import document

__all__ = ["document"]
