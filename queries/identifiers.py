"""Names and literals inside SQL text, quoted as PostgreSQL needs them."""

import re

from sqlalchemy.dialects.postgresql.base import PGDialect

# Any other style of parameters doubles the percent signs in names.
quoted = PGDialect(paramstyle="named").identifier_preparer.quote  # type: ignore[no-untyped-call]
QUOTED = re.compile(r'"((?:[^"]|"")*)"')


def identifier(name: str) -> str:
    """A possibly qualified name, each part quoted as PostgreSQL needs it."""
    return ".".join(quoted(part) for part in split_name(name))


def literal(value: str) -> str:
    """A string literal, safe also where backslashes would escape."""
    if "\\" in value:
        return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
    return "'" + value.replace("'", "''") + "'"


def split_name(name: str) -> tuple[str, ...]:
    """`schema.table` as (schema, table); quotes protect a dot inside a name, two mean one."""
    parts = [""]
    for number, piece in enumerate(QUOTED.split(name)):
        if number % 2:
            parts[-1] += piece.replace('""', '"')
        else:
            first, *others = piece.split(".")
            parts[-1] += first
            parts += others
    return tuple(parts)


def joined_name(*parts: str) -> str:
    """The inverse of split_name."""
    plain = (part.replace("_", "").isalnum() for part in parts)
    within = ('"' + part.replace('"', '""') + '"' for part in parts)
    return ".".join(p if bare else q for p, q, bare in zip(parts, within, plain, strict=True))
