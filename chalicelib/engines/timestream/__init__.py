"""Amazon Timestream for LiveAnalytics as an engine."""
