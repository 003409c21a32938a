"""Ports, and servers that answer to this machine alone."""
