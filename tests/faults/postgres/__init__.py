"""PostgreSQL as the schedules' engine."""
