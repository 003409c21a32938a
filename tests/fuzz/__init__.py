"""Random and foreign inputs through `ingest_object`, with S3 and Timestream in memory."""
