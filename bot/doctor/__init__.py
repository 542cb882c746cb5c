"""Whether everything is as it should be: each check by itself, each answer with what to do."""
