"""The envelope of a pushed message: verify, open, answer, close."""
