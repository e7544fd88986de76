"""Which texts are alike: normalise, split into words, join exactly; then what differs decides."""
