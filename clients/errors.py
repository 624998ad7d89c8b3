"""What other people's services refuse, each with the cure in its message."""


class ClientError(Exception):
    """Something a person can act on."""


class UnknownModel(ClientError):
    """No embedder of that name."""


class EmbeddingError(ClientError):
    """The model could not be asked, or its answer cannot be used."""
