"""A German clause after "dass" as a sentence of its own: the verb moves behind the subject."""

import re

_PRONOUN = r"(?:wir|es|sie|er|ihr|man|das|dies|hier)"
_DETERMINER = (
    r"(?:unser\w*|der|die|das|dies\w*|ein\w*|alle|jede\w*|jedes|kein\w*|mein\w*|euer\w*|eure\w*)"
)
_SUBJECT = re.compile(
    rf"(?:(?i:{_PRONOUN})(?= [a-zäöü\d])|[A-ZÄÖÜ][\w-]+(?= [a-zäöü])"
    rf"|(?i:{_DETERMINER}) (?:[a-zäöüß]+ )*?[A-ZÄÖÜ][\w-]*"
    rf"(?: und (?:(?i:{_DETERMINER}) )?[A-ZÄÖÜ][\w-]*)?)"
)
_SEPARABLE = re.compile(
    r"(?P<p>auf|zu|an|aus|ein|ab|mit|vor)"
    r"(?P<v>machen|macht|haben|hat|bieten|bietet|liefern|liefert|fangen|fängt|geben|gibt|nehmen"
    r"|nimmt|schließen|schließt|räumen|räumt|stellen|stellt|führen|führt|bringen|bringt)"
)


def main_clause(said: str) -> str | None:
    """The clause with its verb second; None when its subject or verb cannot be told.

    >>> main_clause("wir jetzt auch sonntags öffnen")
    'wir öffnen jetzt auch sonntags'
    """
    subject = _SUBJECT.match(said)
    if subject is None:
        return None
    rest = said[subject.end() :].split()
    if not rest or not re.fullmatch(r"[a-zäöüß]+(?:en|t|n|st|e|ist|hat|wird|kann|darf)", rest[-1]):
        return None
    *middle, verb = rest
    parted = _SEPARABLE.fullmatch(verb)
    end = [parted["p"]] if parted else []
    return " ".join([subject[0], parted["v"] if parted else verb, *middle, *end])
