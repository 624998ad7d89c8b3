"""Text as PostgreSQL can be sent it."""


def sendable(said: str) -> str:
    """The text with a replacement character for NUL and for halves of characters.

    No text of a database has those. As a filter or an id such a text then fits no row, instead of
    being an error of the driver.
    """
    whole = said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "\ufffd")
