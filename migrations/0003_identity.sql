-- Who somebody is, what they may reach, and how the database itself knows it.
--
-- A reader's identity is a signed token, set for one transaction: a view that hands out rows asks
-- northlight_auth for the person behind it. Setting the role or the person's number by hand opens
-- nothing, because neither can be signed without the key.

CREATE SCHEMA northlight_auth;

CREATE TABLE northlight_auth.person (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    issuer      text NOT NULL,             -- of the identity provider; 'demo' for the demo people
    subject     text NOT NULL,             -- never the e-mail: that can be given to somebody else
    name        text NOT NULL,
    email       text,
    role        text NOT NULL CHECK (role IN ('coach', 'analyst', 'product', 'engineer', 'operator')),
    active      boolean NOT NULL DEFAULT true,
    epoch       integer NOT NULL DEFAULT 1, -- raised by any change of rights: tokens, caches
    rights_at   timestamptz NOT NULL DEFAULT now(),  -- up to when what begins and ends was seen
    signed_out_at  timestamptz NOT NULL DEFAULT '-infinity',  -- older sign-ins count no more
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (issuer, subject)
);

-- A sign-in with the provider. Streamlit's cookie of it lives 30 days and is read once a tab; this
-- row is what counts: all tabs of one sign-in share it, and when it ends they end.
CREATE TABLE northlight_auth.session (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    person_id     uuid NOT NULL REFERENCES northlight_auth.person ON DELETE CASCADE,
    login         text NOT NULL,           -- a digest of what the provider said at this sign-in
    signed_in_at  timestamptz NOT NULL,    -- when it said so
    started_at    timestamptz NOT NULL DEFAULT now(),
    seen_at       timestamptz NOT NULL DEFAULT now(),
    ended_at      timestamptz,
    UNIQUE (person_id, login)
);

-- Which owners' rows a coach reaches, and from when to when. Owners are what collections call
-- `owner`, as text; the group says in which system (catalog files name it).
CREATE TABLE northlight_auth.assignment (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    coach_id  uuid NOT NULL REFERENCES northlight_auth.person ON DELETE CASCADE,
    system    text NOT NULL,
    owner     text NOT NULL,
    valid     tstzrange NOT NULL DEFAULT tstzrange(now(), NULL) CHECK (NOT isempty(valid))
);
CREATE INDEX assignment_of_coach ON northlight_auth.assignment (coach_id, system);
CREATE INDEX assignment_of_owner ON northlight_auth.assignment (system, owner);

-- Which collections an analyst or engineer was granted beyond what the role brings.
CREATE TABLE northlight_auth.grant_to (
    person_id   uuid NOT NULL REFERENCES northlight_auth.person ON DELETE CASCADE,
    collection  text NOT NULL,
    granted_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (person_id, collection)
);

-- Consent withdrawn (a row here) by an owner for a purpose; given again when the row is removed.
CREATE TABLE northlight_auth.withdrawal (
    system        text NOT NULL,
    owner         text NOT NULL,
    purpose       text NOT NULL CHECK (purpose IN ('coaching', 'research', 'product')),
    withdrawn_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (system, owner, purpose)
);

-- What an analyst sees instead of an owner.
CREATE TABLE northlight_auth.alias (
    system  text NOT NULL,
    owner   text NOT NULL,
    alias   text NOT NULL,
    PRIMARY KEY (system, owner),
    UNIQUE (system, alias)
);

-- Names that are masked in what an analyst reads, in small letters. A name that is a word as well
-- (Grace, Will) is masked where it is written like a name.
CREATE TABLE northlight_auth.known_name (
    name  text PRIMARY KEY CHECK (name = lower(name)),
    word  boolean NOT NULL DEFAULT false
);

-- A reason an operator gave for reading text; it opens one collection for a while.
CREATE TABLE northlight_auth.reason (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   uuid NOT NULL REFERENCES northlight_auth.person ON DELETE CASCADE,
    collection  text NOT NULL,
    reason      text NOT NULL CHECK (length(btrim(reason)) >= 10),
    until       timestamptz NOT NULL,
    given_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX reason_of_person ON northlight_auth.reason (person_id, collection, until);

-- Keys for signing: the inner and outer pads of HMAC-SHA256 (RFC 2104), because core PostgreSQL
-- has sha256() but no hmac(). Key 0 is made here, never leaves the database and never changes:
-- pseudonyms and the trail's questions hang on it. Keys from 1 on are the web process's.
CREATE TABLE northlight_auth.signing_key (
    kid         integer PRIMARY KEY CHECK (kid >= 0),
    inner_pad   bytea NOT NULL CHECK (length(inner_pad) = 64),
    outer_pad   bytea NOT NULL CHECK (length(outer_pad) = 64),
    made_at     timestamptz NOT NULL DEFAULT now(),
    retired_at  timestamptz
);

DO $$
DECLARE
    -- A random uuid has 122 bits from the server's strong random source.
    random    bytea := decode(replace(concat(gen_random_uuid(), gen_random_uuid(),
                                             gen_random_uuid(), gen_random_uuid()), '-', ''), 'hex');
    inner_pad bytea := random;
    outer_pad bytea := random;
BEGIN
    FOR place IN 0..63 LOOP
        inner_pad := set_byte(inner_pad, place, get_byte(random, place) # 54);
        outer_pad := set_byte(outer_pad, place, get_byte(random, place) # 92);
    END LOOP;
    INSERT INTO northlight_auth.signing_key (kid, inner_pad, outer_pad)
    VALUES (0, inner_pad, outer_pad);
END $$;

CREATE TYPE northlight_auth.claims AS (person_id uuid, role text);

CREATE FUNCTION northlight_auth.keyed(message text, key_id integer) RETURNS text
LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(message, 'UTF8'))), 'hex')
    FROM northlight_auth.signing_key k
    WHERE k.kid = key_id AND (k.retired_at IS NULL OR k.retired_at > clock_timestamp())
$$;

-- The person behind this transaction, from `northlight.token` = kid|person|role|epoch|pid|expiry|hmac.
-- No token: nobody. A token that is wrong in any way is an attack or a fault and raises 28000.
CREATE FUNCTION northlight_auth.claims() RETURNS northlight_auth.claims
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    token text := nullif(current_setting('northlight.token', true), '');
    part  text[];
    found northlight_auth.claims;
BEGIN
    IF token IS NULL THEN
        RETURN NULL;
    END IF;
    part := string_to_array(token, '|');
    IF array_length(part, 1) IS DISTINCT FROM 7 OR part[1] !~ '^[1-9]\d{0,8}$'
       OR part[5] !~ '^\d{1,9}$' OR part[6] !~ '^\d{1,12}$' THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    IF part[7] IS DISTINCT FROM northlight_auth.keyed(
           array_to_string(part[1:6], '|'), part[1]::integer)
       OR part[5]::integer <> pg_backend_pid()
       OR part[6]::bigint <= extract(epoch FROM clock_timestamp()) THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    SELECT p.id, p.role INTO found FROM northlight_auth.person p
    WHERE p.id::text = part[2] AND p.role = part[3] AND p.epoch::text = part[4] AND p.active;
    IF found.person_id IS NULL THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    RETURN found;
END $$;

-- The person, if the token was signed for this role: SET ROLE alone opens nothing.
CREATE FUNCTION northlight_auth.person_as(role text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT (c).person_id FROM (SELECT northlight_auth.claims() AS c) AS told WHERE (c).role = $1
$$;

-- Owners whose rows the signed-in coach reaches now in a system.
CREATE FUNCTION northlight_auth.own_clients(of_system text) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(a.owner), '{}') FROM northlight_auth.assignment a
    WHERE a.coach_id = northlight_auth.person_as('coach') AND a.system = of_system
      AND a.valid @> clock_timestamp()
      AND NOT EXISTS (SELECT FROM northlight_auth.withdrawal w WHERE w.system = a.system
                      AND w.owner = a.owner AND w.purpose = 'coaching')
$$;

-- Whether the signed-in person may read a whole collection in this role.
CREATE FUNCTION northlight_auth.may_read(as_role text, of_collection text, of_system text)
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(CASE as_role
        WHEN 'analyst' THEN EXISTS (SELECT FROM northlight_auth.grant_to g
            WHERE g.person_id = northlight_auth.person_as('analyst')
              AND g.collection = of_collection)
        WHEN 'engineer' THEN northlight_auth.person_as('engineer') IS NOT NULL
            AND (of_system IN ('nexus', 'community') OR EXISTS (
                SELECT FROM northlight_auth.grant_to g
                WHERE g.person_id = northlight_auth.person_as('engineer')
                  AND g.collection = of_collection))
        WHEN 'operator' THEN EXISTS (SELECT FROM northlight_auth.reason r
            WHERE r.person_id = northlight_auth.person_as('operator')
              AND r.collection = of_collection AND r.until > clock_timestamp())
    END, false)
$$;

-- Owners who withdrew their consent to a purpose.
CREATE FUNCTION northlight_auth.withdrawn(of_system text, for_purpose text) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(w.owner), '{}') FROM northlight_auth.withdrawal w
    WHERE w.system = of_system AND w.purpose = for_purpose
$$;

-- A keyed pseudonym: the stored alias, or the same computed for an owner that has none yet.
CREATE FUNCTION northlight_auth.pseudonym(of_system text, of_owner text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN of_owner IS NULL THEN NULL ELSE coalesce(
        (SELECT a.alias FROM northlight_auth.alias a
         WHERE a.system = of_system AND a.owner = of_owner),
        'p-' || left(northlight_auth.keyed('alias|' || of_system || '|' || of_owner, 0), 12))
    END
$$;

-- Text with e-mail addresses, web addresses, telephone numbers, street addresses and names replaced.
-- Names are those known (northlight_auth.known_name), and what stands after a title (Mrs Petrakis)
-- or after what somebody is to somebody (my sister Ana). What this misses: docs/security.md.
CREATE FUNCTION northlight_auth.masked(plain text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    shown text := plain;
    names text;
    words text;
    month text := '(April|May|June|July|August)';
    in_a_month text := '\m(in|on|since|until|till|by|of|last|next|this|every|early|late|mid|from|to|for|before|after) ';
BEGIN
    IF plain IS NULL THEN
        RETURN NULL;
    END IF;
    shown := regexp_replace(shown, '[[:alnum:]._%+-]+@[[:alnum:].-]+\.[[:alpha:]]{2,}', '[e-mail]', 'g');
    shown := regexp_replace(shown, '(https?://|www\.)[^[:space:]<>"]+', '[link]', 'gi');
    -- Eight digits and more, with what people write between them; a date is none.
    shown := regexp_replace(shown,
        '(?<![[:alnum:]-])\+?\(?(?!(19|20)\d\d-[01]\d-[0-3]\d)\d([ ()/-]|\.(?! )|\d){6,}\d', '[number]', 'g');
    shown := regexp_replace(shown,
        '\m\d{1,4}[a-z]?,? +([[:upper:]][[:alpha:]]+ +){1,3}(Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Way|Square|Close|Court)\M',
        '[address]', 'g');
    shown := regexp_replace(shown,
        '\m([[:upper:]][[:alpha:]]*(straße|strasse|gasse|weg|platz)|(Rua|Rue|Via|Calle|ul\.) +[[:upper:]][[:alpha:]]+( +[[:upper:]]?[[:alpha:]]+)?),? +\d{1,4}[a-z]?\M',
        '[address]', 'g');
    SELECT string_agg(DISTINCT w.word, '|') FILTER (WHERE NOT k.word),
           string_agg(DISTINCT initcap(w.word), '|') FILTER (WHERE k.word)
    INTO names, words
    FROM (SELECT lower(m[1]) AS word FROM regexp_matches(shown, '([[:alpha:]]{3,})', 'g') AS m) AS w
    JOIN northlight_auth.known_name k ON k.name = w.word;
    IF names IS NOT NULL THEN
        shown := regexp_replace(shown, '\m(' || names || ')\M', '[name]', 'gi');
    END IF;
    -- Also a word: only written like a name, within a sentence, and not as a month.
    IF words IS NOT NULL THEN
        shown := regexp_replace(shown, '(?<=[[:lower:]\],;] )(?!' || month || '\M \d)(?!(?<='
            || in_a_month || ')' || month || '\M)(' || words || ')\M', '[name]', 'g');
    END IF;
    shown := regexp_replace(shown,
        '\m(Mr|Mrs|Ms|Miss|Dr|Prof|Auntie|Aunt|Uncle|Herr|Frau|Madame|Mademoiselle|Monsieur|Don|Doña|Dona|Señora?|Señorita|Senhora?|Signora?|Dottoressa|Dottore|Doutora?|Meneer|Mevrouw|Pani|Tante|Onkel|Tía|Tío)(\.?) +[[:upper:]][[:lower:]]+',
        '\1\2 [name]', 'g');
    shown := regexp_replace(shown,
        '\m(sister|brother|son|daughter|wife|husband|partner|boyfriend|girlfriend|friend|neighbour|neighbor|colleague|boss|manager|coach|cousin|niece|nephew|grandson|granddaughter|flatmate|therapist|teacher|supervisor|named)(,?) (?!(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\[)[[:upper:]][[:lower:]]{2,}\M',
        '\1\2 [name]', 'g');
    RETURN regexp_replace(shown, '\[name\]([ -]\[name\])+', '[name]', 'g');
END $$;

-- The same without a trace of what was there: for the words that a search finds text by.
CREATE FUNCTION northlight_auth.unnamed(plain text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT regexp_replace(northlight_auth.masked(plain), '\[(e-mail|link|number|address|name)\]', ' ', 'g')
$$;
