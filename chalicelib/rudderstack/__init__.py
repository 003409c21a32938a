"""A document → an event. Alone in knowing RudderStack's vocabulary."""
