"""A collection's catalog file: its declaration in TOML, read and written."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from queries.collection import Collection, Lookup, checked_name, published_name
from queries.collections.companion import Companion
from queries.errors import DeclarationError


def from_toml(path: Path) -> Collection:
    """The collection a catalog file declares; the file's name is the collection's.

    Raises DeclarationError, naming the file and the key, if the file cannot be used.
    """
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{path.name} is not a TOML file: {error}.") from error
    except OSError as error:
        raise DeclarationError(f"{path} cannot be read: {error.strerror or error}.") from error
    try:
        return _from_declared(path.stem, declared)
    except (KeyError, TypeError, AttributeError) as error:
        raise DeclarationError(
            f"{path.name} is not complete: {error}. It needs `table` and, under [columns], "
            "`id` and `text`, each the name of a column in quotes."
        ) from error


def _from_declared(name: str, declared: dict[str, Any]) -> Collection:
    columns = declared["columns"]
    text = columns["text"]
    embedding = declared.get("embedding", {})
    _need_text({key: declared.get(key, "") for key in ("table", "title", "only", "language")})
    _need_text(columns)
    return Collection(
        name=checked_name(name),
        title=declared.get("title", name.replace("_", " ").capitalize()),
        described=declared.get("described", ""),
        table=declared["table"],
        id=columns["id"],
        text=(text,) if isinstance(text, str) else tuple(text),
        heading=columns.get("title"),
        owner=columns.get("owner"),
        time=columns.get("time"),
        facet_columns=tuple((published_name(name), name) for name in columns.get("facets", [])),
        lookups=tuple(
            Lookup(name=published_name(facet), **lookup)
            for facet, lookup in declared.get("lookup", {}).items()
        ),
        companions=tuple(
            Companion.from_toml(*one) for one in declared.get("companion", {}).items()
        ),
        only=declared.get("only"),
        embedding=embedding.get("column"),
        model=embedding.get("model"),
        fill=embedding.get("fill", False),
        language=declared.get("language", "english"),
        group=declared.get("group", "yours"),
        personal=declared.get("personal", columns.get("owner") is not None),
    )


def _need_text(declared: Mapping[str, Any]) -> None:
    """Raise TypeError for what is neither text nor, where that is allowed, a list of texts."""
    for key, value in declared.items():
        several = isinstance(value, list) and (key == "facets" or (key == "text" and value))
        texts = value if several else [value]
        if not all(isinstance(text, str) for text in texts) or (key == "facets" and not several):
            raise TypeError(f"`{key}` = {value!r}")


def to_toml(collection: Collection) -> str:
    """The catalog file that declares the collection."""
    lines = [
        f"title = {_quoted(collection.title)}",
        f"table = {_quoted(collection.table)}",
        f"language = {_quoted(collection.language)}",
        f"group = {_quoted(collection.group)}",
    ]
    if collection.described:
        lines.append(f"described = {_quoted(collection.described)}")
    if collection.personal != (collection.owner is not None):
        lines.append(f"personal = {str(collection.personal).lower()}")
    if collection.only:
        lines.append(f"only = {_quoted(collection.only)}")
    lines += [
        "",
        "[columns]",
        f"id = {_quoted(collection.id)}",
        f"text = {_value(collection.text)}",
    ]
    optional = {"title": collection.heading, "owner": collection.owner, "time": collection.time}
    lines += [f"{role} = {_quoted(name)}" for role, name in optional.items() if name]
    if collection.facet_columns:
        lines.append(f"facets = {_list(source for _, source in collection.facet_columns)}")
    if collection.embedding or collection.model:
        lines += ["", "[embedding]"]
        lines += [f"column = {_quoted(collection.embedding)}"] if collection.embedding else []
        lines += [f"model = {_quoted(collection.model)}"] if collection.model else []
        lines += ["fill = true"] if collection.fill else []
    for lookup in collection.lookups:
        lines += ["", f"[lookup.{_quoted(lookup.name)}]"]
        lines += [
            f"{key} = {_quoted(getattr(lookup, key))}" for key in ("table", "on", "key", "show")
        ]
    lines += [line for companion in collection.companions for line in companion.to_toml(_quoted)]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    # A JSON string is a TOML string, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(columns: tuple[str, ...]) -> str:
    return _quoted(columns[0]) if len(columns) == 1 else _list(columns)


def _list(values: Any) -> str:
    return "[" + ", ".join(_quoted(value) for value in values) + "]"
