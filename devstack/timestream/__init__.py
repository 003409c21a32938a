"""A local Amazon Timestream for LiveAnalytics: the write and query protocols, over DuckDB."""
