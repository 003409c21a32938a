"""Amazon S3 on this machine: moto's server, a file that keeps its objects, and notifications of new objects.

Others use `storage.storage`, and `notifications.to_notification` for the event that `ingest` is called with.
"""
