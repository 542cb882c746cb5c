"""How the archive's tables came to be what they are; never edited once released."""
