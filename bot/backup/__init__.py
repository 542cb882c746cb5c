"""One file with the archive and its files, taken while everything runs, and put back."""
