"""Random schedules of faults against the shipped `ingest`: `python -m tests.faults`."""
