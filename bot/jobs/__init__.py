"""The queue (asking), the tasks (doing) and the worker (running)."""
