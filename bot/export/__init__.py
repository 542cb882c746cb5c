"""An issue, or all of them, as files to take along: Markdown, one HTML page, PDF, long pictures, a zip."""
