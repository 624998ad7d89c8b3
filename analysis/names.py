"""Names of themes out of their terms: short, readable, no two alike."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count

from analysis.terms import Term

WORDS = 3  # a name stops growing from here
STRONG = 0.35  # share of rows from which one phrase names a theme alone
PART = 0.4  # of the first term's score, which another one needs to appear beside it
LEAST = 0.2  # the same, while the terms so far are in fewer of the rows than STRONG


def names(terms: Mapping[int, Sequence[Term]], given: Iterable[str] = ()) -> dict[int, str]:
    """A name for each theme, from its strongest terms; no two alike, whatever the letter case.

    None is like one of the names that were given before.

    Themes are named in the order of their labels, largest first, so the larger of two alike
    keeps the shorter name. A theme without terms is called "Theme" and its number.
    """
    found: dict[int, str] = {}
    taken = {name.casefold() for name in given}
    for label in sorted(terms):
        proposals = chain(_proposals(label, terms[label]), _numbered(label))
        name = next(n for n in proposals if n.casefold() not in taken)
        taken.add(name.casefold())
        found[label] = name
    return found


def _proposals(label: int, terms: Sequence[Term]) -> list[str]:
    """Names from the best to the longest, and one that no other theme can have."""
    texts = [term.text for term in terms]
    if not texts:
        return [f"Theme {label + 1}"]
    start = _enough(terms)
    longer = [_sentence(texts[:size]) for size in range(start, min(len(texts), start + 3) + 1)]
    swapped = [_sentence([texts[0], other]) for other in texts[start:]]
    turned = [_sentence([other, texts[0]]) for other in texts[1:]]
    return [*longer, *swapped, *turned, f"{longer[0]} ({label + 1})"]


def _numbered(label: int) -> Iterator[str]:
    return (f"Theme {number}" for number in count(label + 1))


def _enough(terms: Sequence[Term]) -> int:
    """How many terms make a name: words until it says enough, but none that is far weaker.

    A word that few of the rows hold says little of the others, so weaker ones may follow it.
    """
    words = len(terms[0].text.split())
    if words > 1 and terms[0].share >= STRONG:
        return 1
    enough, told = 1, terms[0].share
    for term in terms[1:]:
        needed = PART if told >= STRONG else LEAST
        if words >= WORDS or term.score < needed * terms[0].score:
            break
        words += len(term.text.split())
        told += term.share
        enough += 1
    return enough


def _sentence(texts: Sequence[str]) -> str:
    """The terms with a capital at the start, but for a word with one inside: iPhone."""
    name = ", ".join(texts)
    first = name.split(maxsplit=1)[0]
    return name if first != first.lower() else name[:1].upper() + name[1:]
