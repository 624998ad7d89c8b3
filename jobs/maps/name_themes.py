"""Asking a chat model for names of the themes that no person named."""

from clients.namer import Namer
from queries.collection import Collection
from queries.gate import Gate
from queries.rows.texts import masked
from queries.themes import theme_names, themes

SHOWN = 4  # texts of a theme that the model reads


def name_themes(gate: Gate, collection: Collection, namer: Namer) -> int:
    """Give every theme on the map without a person's name one by the model; how many.

    The model is shown personal texts as an analyst would read them: it is somebody else's. Names
    already given by a model stay. Raises NamerError; names given before that stay.
    """
    told = themes.themes(gate, collection)
    taken = {str(name).casefold(): str(name) for name in told["name"]}
    named = 0
    for theme in told[told["named_by"] == "terms"].to_dict("records"):
        shown = [
            said for said in masked(gate, collection, theme["representatives"][:SHOWN]) if said
        ]
        name = namer.name(theme["terms"], shown, sorted(taken.values()))
        if name.casefold() in taken:
            continue  # no two alike: the terms' name stays
        theme_names.give(gate.engine, collection, int(theme["id"]), name, namer.named_with)
        taken[name.casefold()] = name
        named += 1
    return named
