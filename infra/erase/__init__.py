"""Erases a visitor: from the objects in the bucket, and from PostgreSQL."""
