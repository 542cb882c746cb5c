"""Rikan: a daily newsletter, from the editors' file to the readers' phones.

    ingest → archive → render → publish      a report becomes a draft, then a published article
    webhook → query → reply                  a follower's message gets an answer

    inbox → what is due → jobs, notices          every minute, where the schedule is on
    an editor's words → an order → what became of it

Each is told from top to bottom, in `bot.flow`, `bot.answering`, `bot.scheduling` and `bot.editing`; start
reading there.

    model shape       an issue, and how its passages are set
    delivery          what becomes of it on its way to its readers
    dialogue          messages and answers
    errors            what can go wrong
    config settings   the settings file, and its sections
    resources         where templates and assets are
    services          the one place where the parts are joined and closed
    wechat            the platform, spoken here and nowhere else
    jobs              the queue (asking), the tasks (doing), the worker (running)
    sandbox           a stand-in for the platform: the demo's and the tests' far side
    telling notify    what editors are told without having asked, and by which ways
    safekeeping       backups; tidying lets go what is old
    doctor            what is wrong with an installation
    supervising       `rikan up`: all processes of one machine; lifeline ties each to its parent
    logs metrics      what the processes write down and can be asked; watching, around each request
    cli web wsgi      the entry points
"""

__version__ = "0.1.0"
