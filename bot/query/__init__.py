"""A follower's words in, a Query out."""
