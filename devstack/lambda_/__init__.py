"""AWS Lambda on this machine: it runs a handler for each notification, tries again, and keeps what failed.

Others use `invocations.Invocations` and `function.Handler`.
"""
