"""What a job refuses to do, each with the cure in its message."""


class JobError(Exception):
    """Something a person can act on."""


class Cancelled(JobError):
    """Somebody asked for the work to stop. What was stored before stays; the rest was not begun."""
