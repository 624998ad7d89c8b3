"""The names that are masked in what an analyst reads: the clients' own, and those they write of.

Nobody lists the sisters and neighbours whom people write about. They are learned from the texts: a
word with a capital after a title (Mrs Petrakis), after what somebody is to somebody (my sister
Réka), or before what only people do (Jarek said). A word that is mostly written small is none.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, Engine, text

from queries.collection import Collection
from queries.gate import writing
from queries.identifiers import quoted

# So many of a collection's rows are read, the newest first where there is a time.
MOST_ROWS = 20_000
# Profiles know these names; as words they stand in any text.
WORDS = frozenset(
    """
    april art august autumn baker banks bell best bird bishop black bond brooks brown bush
    carter case cash chance chase church cook cooper crane cross dawn day dean drew earl eve
    faith field fields fisher forest fox frank gene good grace grant gray green grey guy
    hall happy harmony heather hill holly hope house hunter iris ivy jack jasmine jean jewel
    job joy july june king lake lamb lance laurel lee lily little long love mark mason max
    may melody mercy miles miller noon old olive page park parker pat patience peace pearl
    penny pepper porter potter price prince rain ray rich river rivers robin rock rose ruby
    rusty sage sandy serenity sharp shepherd short skip sky small smith star stone storm
    strong sue summer sunny swan swift tanner taylor temple turner violet wade walker ward
    waters weaver weeks west white will winter wise wolf wood woods young
    """.split()  # noqa: SIM905 - a list of words reads as words
)
NAME = "([[:upper:]][[:lower:]]{2,})"
CUES = (
    r"\m(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sister|Auntie|Aunt|Uncle|Granny|Herr|Frau|Madame|Mademoiselle|"
    r"Monsieur|Don|Doña|Dona|Señora?|Señorita|Senhora?|Signora?|Dottoressa|Dottore|Doutora?|Meneer|"
    rf"Mevrouw|Pan|Pani|Tante|Onkel|Tía|Tío)\.? {NAME}\M",
    r"\m(?:sister|brother|mother|father|son|daughter|wife|husband|partner|boyfriend|girlfriend|"
    r"friend|neighbour|neighbor|colleague|boss|manager|coach|cousin|aunt|uncle|niece|nephew|"
    r"grandson|granddaughter|grandmother|grandfather|mate|flatmate|therapist|teacher|supervisor|"
    rf"foreman|apprentice|named|called),? {NAME}\M",
    rf"(?<=[[:lower:],;] ){NAME} (?:said|says|asked|asks|told|tells|laughed|laughs|smiled|nodded|"
    r"shrugged|replied|answered|wrote|writes|texted|phoned|rang|cried|shouted|whispered|thinks|"
    r"thought|knows|knew|hugged|grinned|sighed|has|had|was|is|would|wants|wanted|came|went|left|"
    r"took|gave|brought|made|looked|sat|stood|never|still|always|and I|and me|who)\M",
    rf"(?<=[[:lower:],;] ){NAME}(?:'s|’s)\M",
    rf"\m(?:told|asked|called|rang|hugged|thanked|texted|phoned|met|love|loves|miss) {NAME}\M",
)
# They have capitals, follow the same words, and are nobody.
NOBODY = frozenset(
    """
    american and april august aunt auntie austrian brazilian british brother christmas dad
    daddy danish december doctor doktor doutor dutch easter english father february finnish
    frau french friday fridays german god grandad grandma grandpa granny greek her herr his
    irish italian january july june mam mama mamá march may meneer monday mondays mother mrs
    mum nan norwegian not november nurse october our papa papá polish portuguese saturday
    saturdays senhor september señor sister spanish sunday sundays swedish that the then
    there this thursday thursdays tuesday tuesdays turkish uncle vietnamese wednesday
    wednesdays welsh what when your
    """.split()  # noqa: SIM905 - a list of words reads as words
)


def ensure_known_names(engine: Engine, collections: Iterable[Collection] = ()) -> int:
    """Take up the clients' names, and the names in the texts of these collections; how many new."""
    with writing(engine) as connection:
        _put(connection, _clients(connection))
        return sum(learn_names(connection, collection) for collection in collections)


def learn_names(connection: Connection, collection: Collection) -> int:
    """Take up the names in a personal collection's texts, and the clients'; how many were new."""
    if not collection.personal:
        return 0
    return _put(connection, _clients(connection) | learned(connection, collection))


def learned(connection: Connection, collection: Collection) -> dict[str, bool]:
    """Names that the texts tell of, in small letters; true for those that are words as well."""
    cues = " UNION ALL ".join(
        f"SELECT lower(m[1]) AS name FROM told, regexp_matches(told.text, :cue{number}, 'g') m"
        for number in range(len(CUES))
    )
    statement = text(
        f"WITH told AS MATERIALIZED (SELECT text FROM northlight_worker.{quoted(collection.name)} "
        f"WHERE text IS NOT NULL ORDER BY time DESC NULLS LAST LIMIT :most), cued AS ({cues}), "
        "candidate AS (SELECT name, count(*) AS named FROM cued "
        "WHERE name <> ALL (CAST(:nobody AS text[])) GROUP BY name), "
        "written AS (SELECT m[1] AS word, count(*) AS times FROM told, "
        "regexp_matches(told.text, '\\m([[:lower:]]{3,})\\M', 'g') m GROUP BY m[1]) "
        "SELECT c.name, coalesce(w.times, 0) AS small, c.named FROM candidate c "
        "LEFT JOIN written w ON w.word = c.name WHERE coalesce(w.times, 0) <= c.named"
    )
    given = {f"cue{number}": cue for number, cue in enumerate(CUES)}
    found = connection.execute(statement, given | {"most": MOST_ROWS, "nobody": list(NOBODY)})
    return {row.name: row.small > 1 or row.name in WORDS for row in found}


def _clients(connection: Connection) -> dict[str, bool]:
    """First and last names of the coaching programme's people, where its tables are."""
    if connection.execute(text("SELECT to_regclass('playbook.user_profiles')")).scalar() is None:
        return {}
    statement = text(
        "SELECT DISTINCT lower(m[1]) FROM playbook.user_profiles u, "
        "regexp_matches(concat_ws(' ', u.first_name, u.last_name), '([[:alpha:]]{3,})', 'g') m"
    )
    return {name: name in WORDS for name in connection.execute(statement).scalars()}


def _put(connection: Connection, names: dict[str, bool]) -> int:
    made = connection.execute(
        text(
            "INSERT INTO northlight_auth.known_name (name, word) "
            "SELECT * FROM unnest(CAST(:names AS text[]), CAST(:words AS boolean[])) "
            "ON CONFLICT DO NOTHING"
        ),
        {"names": list(names), "words": list(names.values())},
    )
    return made.rowcount
