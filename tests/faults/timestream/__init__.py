"""Timestream as the schedules' engine."""
