"""All symmetries of a law at once: the null space of the matrix of its derivatives along motions."""
