"""What can go wrong with the embedded server, each with a sentence a person can act on.

PostgresError
├── BinariesError     the wheel's programs are missing or do not run here
├── PlaceError        no folder in which the server could keep its data
├── AccountError      nobody may run the server: it refuses to run as root
├── ClusterError      the data folder is not one this server can use; it was left as it is
├── BusyError         another command, or what is left of a killed server, does not finish
├── StartError        the server did not start; carries the last lines of its log
├── StopError         the server runs and cannot be stopped from here
└── ArchiveError      a backup could not be written or restored
"""

from clients.errors import ClientError


class PostgresError(ClientError):
    """The embedded PostgreSQL cannot do what was asked; the message says why and what to do."""


class BinariesError(PostgresError):
    """The wheel's programs are missing or do not run here."""


class PlaceError(PostgresError):
    """No folder in which the server could keep its data."""


class AccountError(PostgresError):
    """No account may run the server."""


class ClusterError(PostgresError):
    """The data folder is not one this server can use. Nothing was changed in it."""


class BusyError(PostgresError):
    """Somebody else is at work on the same data folder and does not finish."""


class StartError(PostgresError):
    """The server did not start."""


class StopError(PostgresError):
    """The server runs and cannot be stopped from here."""


class ArchiveError(PostgresError):
    """A backup could not be written or restored."""
