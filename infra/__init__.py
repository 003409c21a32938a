"""The AWS resources around the app, and the commands that deploy and operate everything."""
