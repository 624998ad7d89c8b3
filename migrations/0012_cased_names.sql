-- Names that nothing in the texts points at: words that are written with a capital within sentences
-- and never without one (queries/known_names.py). Such a name is masked wherever it has its capital.

ALTER TABLE northlight_auth.known_name ADD COLUMN cased boolean NOT NULL DEFAULT false;

-- Text with e-mail addresses, web addresses, telephone numbers, street addresses and names replaced.
-- Names are those known (northlight_auth.known_name), and what stands after a title (Mrs Petrakis)
-- or after what somebody is to somebody (my sister Ana). What this misses: docs/security.md.
CREATE OR REPLACE FUNCTION northlight_auth.masked(plain text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    shown text := plain;
    names text;
    words text;
    cased text;
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
    SELECT string_agg(DISTINCT w.word, '|') FILTER (WHERE NOT k.word AND NOT k.cased),
           string_agg(DISTINCT initcap(w.word), '|') FILTER (WHERE k.word),
           string_agg(DISTINCT initcap(w.word), '|') FILTER (WHERE k.cased AND NOT k.word)
    INTO names, words, cased
    FROM (SELECT lower(m[1]) AS word FROM regexp_matches(shown, '([[:alpha:]]{3,})', 'g') AS m) AS w
    JOIN northlight_auth.known_name k ON k.name = w.word;
    IF names IS NOT NULL THEN
        shown := regexp_replace(shown, '\m(' || names || ')\M', '[name]', 'gi');
    END IF;
    IF cased IS NOT NULL THEN
        shown := regexp_replace(shown, '\m(' || cased || ')\M', '[name]', 'g');
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
