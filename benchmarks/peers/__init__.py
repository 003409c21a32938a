"""The peers that this app is measured against: other ways to do the same work."""
