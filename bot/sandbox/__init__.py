"""A stand-in for the platform that holds its callers to the rules."""
