"""What must hold of both engines: the same events give the same figures."""
