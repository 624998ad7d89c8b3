"""What people call their columns, best first."""

import re
from collections.abc import Sequence

ID_NAMES = ("id", "uuid", "guid", "_id", "row_id", "key", "pk", "sha", "hash", "code", "slug")
TEXT_NAMES = (
    "text", "content", "body", "message", "document", "comment", "review", "feedback", "response",
    "answer", "note", "notes", "description", "utterance", "transcript", "summary", "question",
    "post", "reply", "abstract",
)  # fmt: skip
TITLE_NAMES = ("title", "subject", "headline", "heading", "name", "label_text")
OWNER_NAMES = (
    "user_id", "userid", "user", "user_name", "owner_id", "owner", "author_id", "author",
    "customer_id", "customer", "client_id", "client", "member_id", "member", "account_id",
    "account", "person_id", "person", "participant", "respondent", "sender", "speaker",
    "employee_id", "employee", "username", "created_by", "committer", "maintainer", "contributor",
    "writer", "reviewer", "student", "patient",
)  # fmt: skip
TIME_NAMES = (
    "created_at", "timestamp", "created", "time", "date", "datetime", "posted_at", "published_at",
    "sent_at", "occurred_at", "submitted_at", "submitted", "published", "posted", "ts",
    "uploaded_at", "detected_at", "publish_date", "updated_at", "modified_at",
)  # fmt: skip
KEY_LIKE = re.compile(
    r"(?:^|_)(?:id|ids|uuid|guid|key|keys|sha|hash|url|uri|link|email|e_mail|phone|token|path)$"
)


def plain(name: str) -> str:
    """A column name as the lists above are written: createdAt and "Created At" as created_at."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_") or name


def dated_name(name: str) -> bool:
    """Whether a column's name promises points in time."""
    return rank(name, TIME_NAMES) is not None or plain(name).endswith(("_at", "_date", "_time"))


def rank(name: str, names: Sequence[str]) -> int | None:
    """How early in the list a name stands, on its own or as the end of a longer one."""
    bare = plain(name)
    if bare in names:
        return names.index(bare)
    for at, known in enumerate(names):
        if bare.endswith(f"_{known}"):
            return len(names) + at
    return None
