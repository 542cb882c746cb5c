"""A file in, an Issue and its Problems out."""
