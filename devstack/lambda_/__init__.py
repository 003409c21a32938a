"""AWS Lambda on this machine: asynchronous invocations, tried three times."""
