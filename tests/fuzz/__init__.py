"""Random inputs, and those of other projects, through `ingest_object`, with S3 and Timestream in memory."""
