"""What all local servers share: ports, servers in threads, and the refusal of requests from elsewhere."""
