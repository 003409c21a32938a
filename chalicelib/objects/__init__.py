"""An S3 object: the notification of it, its plain bytes, its documents, and its dead letters."""

from chalicelib.objects.compression import plain
from chalicelib.objects.dead_letters import DeadLetters
from chalicelib.objects.documents import Broken, Document, documents
from chalicelib.objects.latest import Latest
from chalicelib.objects.notifications import ObjectVersion, created_objects
from chalicelib.objects.reading import CHUNK, open_object

__all__ = [
    "CHUNK",
    "Broken",
    "DeadLetters",
    "Document",
    "Latest",
    "ObjectVersion",
    "created_objects",
    "documents",
    "open_object",
    "plain",
]
