"""Who works at the command line."""

import getpass


def at_the_keyboard() -> str:
    """As the record of a delivery names them: `cli:ann`."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError, ImportError):
        return "cli"  # a container may run under a number that has no name
