"""An Article in, exactly one draft out."""
