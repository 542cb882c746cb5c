"""Measurements, each as ratios within one run: `make bench`. Not tests: nothing fails here."""
