"""What can go wrong between Northlight and a database, each with what to do.

QueryError
├── ServerError          the server is away, too old, or lacks pgvector
├── StatementStopped     a statement ran past its limit
├── UnknownCollection    no collection of that name
├── DeclarationError     a declaration does not fit the table, or cannot be read
├── NotEmbedded          the collection has no embeddings yet
├── DimensionError       a vector of another model
├── NoSuchRow            no row with that id
├── NoEmbedding          that row has no embedding
├── NoMap                the collection has no map yet
├── NoSuchJob            no job with that number
├── LeaseLost            a worker's job went to another worker meanwhile
├── UnknownPerson        nobody of that name may sign in here
├── SignInOver           a sign-in counts no more; the provider has to be asked again
├── LoginError           the web process's login or its key cannot be used
├── ImportRefused        a file was not loaded; carries the refused rows
├── IdentityRefused      the database does not recognise the reader
├── LimitReached         a person asked too often for the moment
├── UnrecordedRead       a read did not say what it handed out
└── MigrationError       the schema is not what the migrations made
"""

from collections.abc import Sequence


class QueryError(Exception):
    """Something a person can act on; the message says what happened and what to do."""


class ServerError(QueryError):
    """The server cannot be used."""


class StatementStopped(QueryError):
    """A statement ran past its time limit and was stopped by the server."""


class UnknownCollection(QueryError):
    """No collection of that name is declared."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        there = ", ".join(sorted(known)) or "none yet"
        super().__init__(
            f"There is no collection {name!r}. Declared: {there}. "
            "`./northlight collections connect TABLE` declares another."
        )


class DeclarationError(QueryError):
    """A collection's declaration cannot be used as it is."""


class NotEmbedded(QueryError):
    """Search by meaning, maps and neighbours need embeddings first."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has no embeddings yet. Run `./northlight embed {name}` first.")


class NotCompared(QueryError):
    """Similar rows are found in advance, since readers reach no vector."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The rows of {name} were not compared with each other yet. "
            f"Run `./northlight pairs {name} --keep`."
        )


class DimensionError(QueryError):
    """A query vector does not come from the model that made the embeddings."""

    def __init__(self, expected: int, given: int) -> None:
        super().__init__(
            f"The collection's embeddings have {expected} dimensions, the vector has {given}: "
            "they come from different models. Use the model the collection was embedded with, "
            "or embed it again with `./northlight embed NAME --model M --switch`."
        )


class NoSuchRow(QueryError):
    """The id is not in the collection, or not within what the reader may see."""

    def __init__(self, name: str, row_id: str) -> None:
        super().__init__(f"{name} has no row with the id {row_id!r}.")


class NoEmbedding(QueryError):
    """The row is there, but there is nothing to compare it by."""

    def __init__(self, name: str, row_id: str) -> None:
        super().__init__(
            f"The row {row_id!r} of {name} has no embedding: it has no text, its vector is zero, "
            f"or it arrived after the last `./northlight embed {name}`."
        )


class NoMap(QueryError):
    """Themes and coordinates need a run of the theme engine first."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has no map yet. Run `./northlight map {name}` first.")


class NoSuchJob(QueryError):
    """No job was ever asked for under that number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no job {number}. `./northlight status` lists the open ones.")


class LeaseLost(QueryError):
    """The job is no longer this worker's; nothing it still had to store was stored."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Job {number} is no longer this worker's: it was silent for longer than its lease. "
            "What it still had to store was dropped; another attempt does the work."
        )


class UnknownPerson(QueryError):
    """No person, or more than one, goes by that."""


class SignInOver(QueryError):
    """A sign-in that was good once and counts no more."""

    def __init__(self) -> None:
        super().__init__("Your sign-in has ended. Sign in again.")


class LoginError(QueryError):
    """The web process's login, its password or the signing key cannot be made or used."""


class ImportRefused(QueryError):
    """Nothing was loaded: some rows were refused and bad rows were not to be skipped."""


class MigrationError(QueryError):
    """The database's schema and the migrations of this version do not agree."""


class IdentityRefused(QueryError):
    """The database does not recognise the reader: deactivated, changed, or never signed in."""

    def __init__(self) -> None:
        super().__init__(
            "You are no longer signed in, or your rights have changed. Sign in again; if that does "
            "not help, ask an operator."
        )


class LimitReached(QueryError):
    """A person searched, opened or exported more often than is allowed in a time."""

    def __init__(self, told: str) -> None:
        super().__init__(f"That was a lot in a short time: {told}. Try again in a while.")


class UnrecordedRead(QueryError):
    """A fault of the program: what is not recorded is not handed out."""

    def __init__(self, action: str) -> None:
        super().__init__(f"The read {action!r} did not say how many rows it handed out.")


class NoSuchTheme(QueryError):
    """The current map has no theme of that number."""

    def __init__(self, name: str, theme_id: int) -> None:
        super().__init__(
            f"The map of {name} has no theme {theme_id}. `./northlight themes {name} --json` "
            "lists them with their numbers."
        )


class EditRefused(QueryError):
    """A change of themes that cannot be made, with the reason."""


class NoProposal(QueryError):
    """There is nothing to accept, or nothing to go back to."""
