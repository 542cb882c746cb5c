"""What stands below a picture whose editor has written no title for it."""

import re

# The words that programs put in are no caption; an editor's are.
_NO_CAPTION = re.compile(
    r"(?:image|img|picture|photo|screenshot|图片|图像|图|截图)?[\s_\-\d().]*"
    r"(?:\.(?:png|jpe?g|gif|webp|bmp|svg|heic))?|\S{1,200}\.(?:png|jpe?g|gif|webp|bmp|svg|heic)",
    re.IGNORECASE,
)


def caption_of(alt: str) -> str:
    """The caption that a picture's description makes: none where it is a file's name."""
    return "" if _NO_CAPTION.fullmatch(alt) else alt
