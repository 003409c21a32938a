"""The whole system on one machine: a package for each service that surrounds the Chalice app.

`python -m devstack` (`make run`) starts all of them. `stack` connects them, `state` keeps what outlives a
run, and `environment` sends the AWS SDK to them instead of to AWS. `app.py` and `chalicelib` do not know this
package.
"""
