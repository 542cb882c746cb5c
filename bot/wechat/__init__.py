"""The platform, spoken here and nowhere else."""
