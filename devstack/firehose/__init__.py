"""A stand-in for Kinesis Data Firehose: streams of records into gzipped S3 objects."""
