"""Sentences with a name, an e-mail address, a telephone number or a street address in them."""

import random

GIVEN = ("Réka", "Bolívar", "Anagha", "Wiebke", "Oluwaseun", "Tomasz", "Leila", "Ines", "Grace")
FAMILY = ("Petrakis", "Carvalho", "Okafor", "Wieczorek", "Haddad", "Nair", "Lindqvist", "Fukui")
HOSTS = ("example.org", "mail.example.com", "firm.example.co.uk")
STREETS = ("Maple Street", "Old Mill Road", "Station Lane", "King Edward Avenue", "Orchard Close")
ABROAD = ("Rua Augusta 24", "Hauptstraße 7", "Via Garibaldi 112", "Calle Mayor 3", "Lindenweg 18b")
AROUND = ("Yesterday {} came up again.", "I wrote to {} about it.", "It was {} once more, I think.")


def sentences(count: int, seed: int = 7) -> list[tuple[str, str, str]]:
    """(kind, what is secret, the sentence), as many of each of the four kinds."""
    draw = random.Random(seed)
    makers = {"name": _name, "e-mail": _email, "number": _number, "address": _address}
    found = []
    for number in range(count):
        kind = list(makers)[number % len(makers)]
        secret = makers[kind](draw)
        found.append((kind, secret, draw.choice(AROUND).format(secret)))
    return found


def _name(draw: random.Random) -> str:
    given, family = draw.choice(GIVEN), draw.choice(FAMILY)
    return draw.choice((given, family, f"{given} {family}", f"Mrs {family}"))


def _email(draw: random.Random) -> str:
    given = draw.choice(("reka", "tom.w", "leila_h", "ines+work", "o.okafor99"))
    return f"{given}@{draw.choice(HOSTS)}"


def _number(draw: random.Random) -> str:
    digits = "".join(str(draw.randrange(10)) for _ in range(9))
    shapes = ("+49 {}{}{} {}{}{}{}{}{}", "0{}{}{}-{}{}{}-{}{}{}", "+44 ({}{}) {}{}{} {}{}{}{}")
    return draw.choice(shapes).format(*digits)


def _address(draw: random.Random) -> str:
    if draw.random() < 0.5:
        return draw.choice(ABROAD)
    return f"{draw.randrange(1, 300)} {draw.choice(STREETS)}"
