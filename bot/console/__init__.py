"""Pages for editors, under /console: the same acts as in the chat and at the command line.

    door → the role a route asks for → what is so (`day`) → the one next thing (`step`) → a page

`blueprint` joins the routes; every route says whose it is, and `door` alone lets people in.
"""
