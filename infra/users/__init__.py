"""Invite, list and remove the portal's users: the command `python -m infra.users`."""
