"""The whole system on one machine: a package for each service that surrounds the Chalice app.

`python -m devstack` (`make run`) starts all of them. `stack` connects them, `databases` starts the one that
events are stored in, `state` keeps their data between runs, and `environment` sends the AWS SDK to them
instead of to AWS. The app never imports this package.
"""
