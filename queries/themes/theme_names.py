"""Names that a model gave to themes, with how it came to them."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, text

from queries.collection import Collection
from queries.gate import writing


def give(
    engine: Engine, collection: Collection, theme_id: int, name: str, named_with: Mapping[str, Any]
) -> None:
    """Name a theme, marked as a model's doing, unless a person named it meanwhile."""
    with writing(engine) as connection:
        given = connection.execute(
            text(
                "UPDATE northlight.theme h SET name = :name, named_by = 'model', "
                "named_with = :with FROM northlight.collection c WHERE h.id = :id "
                "AND c.id = h.collection_id AND c.name = :collection AND h.named_by <> 'person' "
                "RETURNING h.collection_id"
            ),
            {
                "name": name,
                "with": json.dumps(named_with),
                "id": theme_id,
                "collection": collection.name,
            },
        ).scalar()
        if given is not None:
            connection.execute(
                text(
                    "INSERT INTO northlight.theme_event (collection_id, theme_id, kind, detail, "
                    "made_by) VALUES (:collection, :theme, 'renamed', :detail, :by)"
                ),
                {
                    "collection": given,
                    "theme": theme_id,
                    "detail": json.dumps({"to": name}),
                    "by": f"model {named_with.get('model', '')}",
                },
            )
