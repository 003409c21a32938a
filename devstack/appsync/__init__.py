"""AWS AppSync on this machine: it serves the API of infra/graphql.yaml from the files that are deployed.

Others use `local` (the API of this project) and `tokens` (users and their ID tokens).
`python -m devstack.appsync` serves it alone.
"""
