"""What the platform would change, refuse or show badly, found in an article before it is sent."""
