"""Amazon Data Firehose on this machine: it collects records into gzipped objects and delivers them to S3.

Others use `streams.Firehose`, `api.firehose_api`, `buffer.Hints` and `delivery.Delivery`.
"""
