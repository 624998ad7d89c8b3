"""Names and literals inside SQL text, quoted as PostgreSQL needs them."""

from sqlalchemy.dialects.postgresql.base import PGDialect

# Any other style of parameters doubles the percent signs in names.
quoted = PGDialect(paramstyle="named").identifier_preparer.quote  # type: ignore[no-untyped-call]


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
    parts, inside, current = [], False, ""
    for character in name.replace('""', "\0"):
        if character == '"':
            inside = not inside
        elif character == "." and not inside:
            parts.append(current)
            current = ""
        else:
            current += character
    return tuple(part.replace("\0", '"') for part in (*parts, current))


def joined_name(*parts: str) -> str:
    """The inverse of split_name."""
    plain = (part.replace("_", "").isalnum() for part in parts)
    within = ('"' + part.replace('"', '""') + '"' for part in parts)
    return ".".join(p if bare else q for p, q, bare in zip(parts, within, plain, strict=True))
