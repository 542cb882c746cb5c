"""`python worker.py` in a checkout: the same as `rikan worker`."""

import sys

from bot.cli.main import main

if __name__ == "__main__":
    main(["worker", *sys.argv[1:]])
