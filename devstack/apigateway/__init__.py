"""API Gateway on this machine: signed requests in front of `chalice local`."""
