"""What stands around the app on AWS, and the commands that deploy and operate all of it."""
