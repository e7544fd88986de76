"""What gives the key away without knowledge."""
