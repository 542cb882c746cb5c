"""Links to the console that are handed to people."""

from bot.services import Services


def invitation_address(services: Services, token: str) -> str:
    """Where somebody chooses a password; on this machine where the settings name no other."""
    web = services.config.web
    site = web.public_url.rstrip("/") or f"http://127.0.0.1:{web.port}"
    return f"{site}/console/invitation/{token}"
