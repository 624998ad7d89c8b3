"""Languages as the server's text search knows them: by the words that carry only grammar."""

from collections.abc import Sequence

from sqlalchemy import Engine, text

from queries.gate import inspecting


def languages(engine: Engine) -> list[str]:
    """The names of the text search configurations that a collection can be searched in."""
    with inspecting(engine) as connection:
        found = connection.execute(
            text(
                "SELECT cfgname FROM pg_ts_config WHERE pg_ts_config_is_visible(oid) "
                "ORDER BY cfgname"
            )
        )
        return list(found.scalars())


def function_words(
    engine: Engine, words: Sequence[str], language: str | None = None
) -> dict[str, frozenset[str]]:
    """Of the words, in lower case, those that a language's dictionary leaves out, by language.

    Languages are the configurations that PostgreSQL brings along with a stemmer; those without a
    list of such words, and those that list none of the words, are left out. With `language`, that
    one at most.

    Source: https://www.postgresql.org/docs/current/textsearch-dictionaries.html (ts_lexize gives
    an empty array for a stop word).
    """
    statement = text(
        "SELECT left(d.dictname, -length('_stem')) AS language, array_agg(w.word) AS words "
        "FROM pg_ts_dict d CROSS JOIN unnest(CAST(:words AS text[])) AS w(word) "
        "WHERE d.dictnamespace = 'pg_catalog'::regnamespace AND d.dictname LIKE '%\\_stem' "
        "AND (CAST(:language AS text) IS NULL OR d.dictname = :language || '_stem') "
        "AND ts_lexize(d.oid::regdictionary, w.word) = '{}' GROUP BY d.dictname"
    )
    with inspecting(engine) as connection:
        found = connection.execute(statement, {"words": list(words), "language": language})
        return {row.language: frozenset(row.words) for row in found}
