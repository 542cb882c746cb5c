"""Once a day the platform is asked what it has counted of the readers."""
