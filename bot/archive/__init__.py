"""Issues kept, and found again."""
