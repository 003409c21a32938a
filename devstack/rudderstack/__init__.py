"""A stand-in for RudderStack: its HTTP API, and what its server adds to an event on the way to Firehose."""
