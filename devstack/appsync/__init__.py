"""AWS AppSync on this machine: it serves what infra/graphql.yaml declares, from the files that are deployed.

Others use `local` (the API of this project) and `tokens` (users and their ID tokens).
`python -m devstack.appsync` serves it alone.
"""
