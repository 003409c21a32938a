"""Check and publish the directory of affiliates: the command `python -m infra.directory`."""
