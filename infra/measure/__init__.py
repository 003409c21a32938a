"""Deploys a stage to throw away, measures it with a sample year, compares its figures, and removes it.

A package of its own, since it needs the tools of development: a deployment does without them.
"""
