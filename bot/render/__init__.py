"""An Issue in; an Article, a Cover and a QR footer out."""
