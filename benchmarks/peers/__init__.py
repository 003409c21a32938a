"""What ours is measured against: the same work as others do it, or as most would."""
