"""Records the payouts of a list: each once, as events on the server stream, with a journal in the bucket."""
