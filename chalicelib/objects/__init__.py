"""An S3 object: its notification, its plain bytes, its documents, its dead letters."""
