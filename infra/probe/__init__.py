"""Asks a cluster of Aurora DSQL what the code counts on, and says what to change if an answer is another."""
