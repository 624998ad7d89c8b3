"""What stands beside the patterns of repositories, a community's content and a twin's documents.

Shapes for `queries.collections.companion`: role -> SQL type and how it is shown where owners are
pseudonyms. A role in OF_ROWS names a row of the collection; what belongs to a row that is not there
(deleted, private) is not there either.
"""

from collections.abc import Mapping

PLAIN, TOLD, HIDDEN = "plain", "told", "hidden"
TEXT, TIME = ("text", PLAIN), ("timestamptz", PLAIN)
COUNT, NUMBER, YES = ("bigint", PLAIN), ("double precision", PLAIN), ("boolean", PLAIN)
SAID, NAMED = ("text", TOLD), ("text", HIDDEN)
PARSED = ("jsonb", PLAIN)

OF_ROWS = ("of_row", "of_other_row")
SYSTEM_SHAPES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "repositories": {"id": TEXT, "name": TEXT, "domain": TEXT, "analyzed": TIME, "commit": TEXT},
    "keywords": {"id": TEXT, "keyword": TEXT},
    "keyword_links": {"of_row": TEXT, "keyword": TEXT},
    "dependencies": {"repository": TEXT, "name": TEXT, "version": TEXT, "kind": TEXT},
    "relationships": {"source": TEXT, "target": TEXT, "kind": TEXT, "description": TEXT},
    "deployments": {
        **{"repository": TEXT, "name": TEXT, "description": TEXT},
        **{"commands": PARSED, "variables": PARSED},
    },
    "lessons": {
        **{"id": TEXT, "repository": TEXT, "title": TEXT, "description": TEXT},
        **{"category": TEXT, "impact": TEXT, "time": TIME},
    },
    "decisions": {"repository": TEXT, "what": TEXT, "why": TEXT, "alternatives": TEXT},
    "components": {"repository": TEXT, "name": TEXT, "purpose": TEXT, "location": TEXT},
    "analyses": {
        **{"repository": TEXT, "commit": TEXT, "time": TIME},
        **{"patterns": COUNT, "decisions": COUNT, "components": COUNT},
    },
    "tests": {"repository": TEXT, "framework": TEXT, "coverage": NUMBER},
    "security": {
        **{"repository": TEXT, "name": TEXT, "description": TEXT},
        **{"method": TEXT, "standard": TEXT},
    },
    "issues": {
        **{"id": TEXT, "repository": TEXT, "time": TIME, "kind": TEXT, "severity": TEXT},
        **{"service": TEXT, "log": TEXT, "cause": TEXT, "fix": TEXT, "pattern": TEXT},
        **{"status": TEXT, "metrics": PARSED, "resolution": TEXT},
    },
    "versions": {"of_row": TEXT, "time": TIME, "text": TEXT, "moved": NUMBER},
    "changes": {"time": TIME, "person": TEXT, "action": TEXT, "subject": TEXT, "detail": PARSED},
    "members": {"name": NAMED, "slug": NAMED, "bio": SAID, "employee": YES, "joined": TIME},
    "urls": {"of_row": TEXT, "url": TEXT},
    "engagement": {
        **{"of_row": TEXT, "views": COUNT, "likes": COUNT, "shares": COUNT},
        **{"comments": COUNT, "score": NUMBER},
    },
    "badges": {"kind": TEXT, "awarded": TIME, "active": YES},
    "bookmarks": {"of_row": TEXT, "time": TIME},
    "follows": {"following": NAMED, "time": TIME},
    "duplicates": {
        **{"id": TEXT, "of_row": TEXT, "of_other_row": TEXT, "kind": TEXT},
        **{"score": NUMBER, "resolution": TEXT, "resolved": TIME, "found": TIME},
    },
    "chunks": {
        **{"of_row": TEXT, "document": TEXT, "number": COUNT, "total": COUNT},
        **{"ingested": TEXT, "time": TIME},
    },
    "ingestions": {"id": NAMED, "documents": COUNT, "expires": TIME, "time": TIME},
    "conversations": {"id": TEXT, "title": SAID, "time": TIME, "changed": TIME},
    "messages": {"conversation": TEXT, "role": TEXT, "time": TIME},
    "cache": {"key": NAMED, "expires": TIME, "time": TIME},
    "limits": {"key": NAMED, "times": COUNT, "expires": TIME},
}
SYSTEM_NEEDED: Mapping[str, tuple[str, ...]] = {
    **{"repositories": ("id", "name"), "keywords": ("id", "keyword")},
    **{"keyword_links": ("of_row", "keyword"), "dependencies": ("repository", "name")},
    **{"relationships": ("source", "target"), "deployments": ("repository", "name")},
    **{"lessons": ("repository", "title"), "decisions": ("repository", "what")},
    **{"components": ("repository", "name"), "analyses": ("repository", "time")},
    **{"tests": ("repository", "framework"), "security": ("repository", "name")},
    **{"issues": ("repository", "id"), "versions": ("of_row", "time"), "changes": ("time",)},
    **{"members": ("owner",), "urls": ("of_row", "url"), "engagement": ("of_row",)},
    **{"badges": ("owner", "kind"), "bookmarks": ("of_row",), "follows": ("owner", "following")},
    **{"duplicates": ("of_row", "of_other_row"), "chunks": ("of_row", "document")},
    **{"ingestions": ("owner", "time"), "conversations": ("owner", "id")},
    **{"messages": ("conversation", "role"), "cache": ("key",), "limits": ("key",)},
}
