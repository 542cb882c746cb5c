"""What was found in, a Reply out."""
