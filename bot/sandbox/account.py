"""The account that the sandbox plays the platform for."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """What the operator would have set in the platform's console.

    `aes_key` has 43 characters, or none in plain mode; `mode` is plain, compatible or secure; an empty
    `webhook_url` means that nothing is pushed; `kind` is verified or unverified.
    """

    appid: str
    appsecret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(default="", repr=False)
    mode: str = "plain"
    webhook_url: str = ""
    name: str = "新质生产力每日动态"
    kind: str = "verified"
    original_id: str = "gh_sandbox0001"

    @property
    def encrypts(self) -> bool:
        """Whether pushed messages carry a cipher text."""
        return self.mode in {"compatible", "secure"}
