"""Everything that can keep the local system from running, in words for its user."""


class DevstackError(Exception):
    """A reason, as a sentence that says what to do; printed as it stands, without a stack trace."""
