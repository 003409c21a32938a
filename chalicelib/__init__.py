"""What runs on Lambda: events to data points, and data points to figures."""
