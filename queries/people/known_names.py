"""The names that are masked in what an analyst reads: the clients' own, and those they write of.

Nobody lists the sisters and neighbours whom people write about. They are learned from the texts: a
word with a capital after a title (Mrs Petrakis), after what somebody is to somebody (my sister
Réka), or before what only people do (Jarek said). A word that is mostly written small is none.

And whatever has a capital within a sentence and is never written small: that finds people whom
nothing points at, and with them places, firms and works, which tell who somebody is as well. Not in
languages that write every noun like this.
"""

from sqlalchemy import Connection, Engine, text

from queries.collection import Collection
from queries.gate import writing
from queries.identifiers import quoted
from queries.people.person_tables import declared

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
WITHIN = rf"(?<=[[:lower:],;] ){NAME}\M"
NOUNS_HAVE_CAPITALS = ("german",)
NAMED, WORD, CASED = "named", "word", "cased"
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
    rf"(?:^|[[:lower:],;.!?\"“] ){NAME}(?:'s|’s)\M",
    rf"(?:^|[.!?] ){NAME} (?:said|says|asked|asks|told|tells|laughed|laughs|smiled|nodded|shrugged|"
    r"replied|answered|texted|phoned|rang|cried|shouted|whispered|hugged|grinned|sighed)\M",
    rf"\m(?:told|asked|called|rang|hugged|thanked|texted|phoned|met|love|loves|miss) {NAME}\M",
)
# They have capitals, follow the same words, and are nobody.
NOBODY = frozenset(
    """
    academy african american and april arabic asian august aunt auntie australian austrian
    brazilian british brother buddhist canadian catholic chinese christian christmas
    christmases czech dad daddy danish december diwali doctor doktor don dona dottore
    dottoressa doutor doña dutch easter eid english european excel facebook father february
    finnish frau french friday fridays german god google grandad grandma grandpa granny greek
    halloween hebrew her herr hindi hindu his hungarian indian instagram internet irish
    islamic italian january japanese jewish july june kenyan korean linkedin lord madame
    mademoiselle mam mama mamo mamá march may meneer mevrouw miss monday mondays monsieur
    mother mrs mum muslim nan netflix nigerian northern norwegian not november nurse october
    our pan pani papa papá persian polish portuguese protestant ramadan romanian russian
    saturday saturdays scottish senhor senhora september señor señora señorita signor signora
    sir sister southern spanish spotify sunday sundays swedish swiss tante texan that the then
    there this thursday thursdays tía tío tuesday tuesdays turkish uncle vietnamese wednesday
    wednesdays welsh western what whatsapp when wifi your youtube zoom
    """.split()  # noqa: SIM905 - a list of words reads as words
)


def learn_names(engine: Engine, collection: Collection) -> list[str]:
    """Take up the names in a personal collection's texts, and the clients'.

    Gives the collections of which some rows' words are to be indexed anew: they say a name that
    was not known when their words were made.
    """
    if not collection.personal:
        return []
    with writing(engine) as connection:
        new = _put(connection, learned(connection, collection) | _clients(connection))
        return _unmask(connection, new)


def plain_names(engine: Engine) -> frozenset[str]:
    """Names that are no words as well, in small letters."""
    with writing(engine) as connection:
        found = connection.execute(
            text("SELECT name FROM northlight_auth.known_name WHERE NOT word")
        )
        return frozenset(found.scalars())


def learned(connection: Connection, collection: Collection) -> dict[str, str]:
    """Names that the texts tell of, in small letters, each with how it is recognised.

    NAMED: in any letters; CASED: with its capital; WORD: it is one as well, so only with its
    capital and within a sentence.
    """
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
        "regexp_matches(told.text, '\\m([[:lower:]]{3,})\\M', 'g') m GROUP BY m[1]), "
        "met AS (SELECT DISTINCT lower(m[1]) AS name FROM told, "
        "regexp_matches(told.text, :within, 'g') m "
        "WHERE :capitals_tell AND lower(m[1]) <> ALL (CAST(:nobody AS text[]))) "
        "SELECT name, coalesce(w.times, 0) AS small, coalesce(c.named, 0) AS named "
        "FROM candidate c FULL JOIN met USING (name) LEFT JOIN written w ON w.word = name "
        "WHERE coalesce(w.times, 0) <= coalesce(c.named, 0)"
    )
    given: dict[str, object] = {f"cue{number}": cue for number, cue in enumerate(CUES)}
    given |= {"within": WITHIN, "capitals_tell": collection.language not in NOUNS_HAVE_CAPITALS}
    found = connection.execute(statement, given | {"most": MOST_ROWS, "nobody": list(NOBODY)})
    return {row.name: _recognised(row.name, row.small, row.named) for row in found}


def _unmask(connection: Connection, names: list[str]) -> list[str]:
    """Forget the stored words of rows that say one of these names; the collections they are of."""
    if not names:
        return []
    personal = [collection for collection in declared(connection) if collection.personal]
    return [each.name for each in personal if _forgotten(connection, each, names)]


def _forgotten(connection: Connection, collection: Collection, names: list[str]) -> bool:
    gone = connection.execute(
        text(
            "WITH named AS (SELECT string_agg(q::text, ' | ')::tsquery AS any FROM ("
            "SELECT plainto_tsquery(CAST(CAST(:language AS text) AS regconfig), n) AS q "
            "FROM unnest(CAST(:names AS text[])) n) said WHERE numnode(q) > 0) "
            "DELETE FROM northlight.document d USING northlight.collection c, named "
            "WHERE d.collection_id = c.id AND c.name = :name AND d.words @@ named.any"
        ),
        {"language": collection.language, "names": names, "name": collection.name},
    )
    return gone.rowcount > 0


def _recognised(name: str, small: int, named: int) -> str:
    if small > 1 or 0 < small >= named or name in WORDS:
        return WORD
    return NAMED if named else CASED


def _clients(connection: Connection) -> dict[str, str]:
    """First and last names of the coaching programme's people, where its tables are."""
    if connection.execute(text("SELECT to_regclass('playbook.user_profiles')")).scalar() is None:
        return {}
    statement = text(
        "SELECT DISTINCT lower(m[1]) FROM playbook.user_profiles u, "
        "regexp_matches(concat_ws(' ', u.first_name, u.last_name), '([[:alpha:]]{3,})', 'g') m"
    )
    found = connection.execute(statement).scalars()
    return {name: WORD if name in WORDS else NAMED for name in found}


def _put(connection: Connection, names: dict[str, str]) -> list[str]:
    """Those that are new, or are recognised more widely than before."""
    made = connection.execute(
        text(
            "INSERT INTO northlight_auth.known_name AS k (name, word, cased) "
            "SELECT n, how = :word, how = :cased "
            "FROM unnest(CAST(:names AS text[]), CAST(:how AS text[])) AS t (n, how) "
            "ON CONFLICT (name) DO UPDATE SET cased = false "
            "WHERE k.cased AND NOT k.word AND NOT excluded.cased AND NOT excluded.word "
            "RETURNING name"
        ),
        {"names": list(names), "how": list(names.values()), "word": WORD, "cased": CASED},
    )
    return list(made.scalars())
