"""Where events are stored and read: one package for each database."""
