"""The parts for somebody in particular, where one process works for many."""

from dataclasses import replace

from bot.services import Services


def acting(services: Services, who: str, *parts: str) -> Services:
    """The same parts, whose records name `who`. `parts` are opened first, to be opened once for all."""
    for part in parts:
        getattr(services, part)
    own = replace(services, who=who)
    vars(own).update(
        {name: part for name, part in dict(vars(services)).items() if name not in vars(own)}
    )
    vars(own)["ledger"] = services.ledger.by(who)
    vars(own).pop("editors", None)
    return own
