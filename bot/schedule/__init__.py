"""What is due now. Decided from values; nothing here asks, waits or remembers."""
