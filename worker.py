"""`python worker.py` in a checkout: the same as `rikan worker`."""

from bot.cli.main import main

if __name__ == "__main__":
    main(["worker"])
