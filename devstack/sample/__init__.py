"""The sample: a year of an imagined business, sent through the whole system."""
