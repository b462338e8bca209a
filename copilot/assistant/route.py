"""Which tool a chat message is for: a draft, a change to the draft at hand, or a question."""

import re
from typing import Literal

Tool = Literal["draft", "revise", "ask"]

# English, German, French, Spanish in each list; a word that is alike in several is said once.
_CHANNEL = (
    r"\w*-?mails?|mailings?|sms|simsen|texts?|whats ?apps?|push\w*|\w*flyers?|posts?|messages?"
    r"|newsletters?|campaigns?"
    r"|posters?|leaflets?|letters?|google[ -](?:ads?|search ads?|anzeigen?|werbung)|facebook"
    r"|instagram|social[ -]media\w*"
    r"|mails?|briefe?|anschreiben|plakate?|handzettel|beitr[aä]ge?|nachrichten?|kampagnen?"
    r"|(?:google-?)?anzeigen?|aushang"
    r"|courriels?|textos?|lettres?|courriers?|affiches?|tracts?|prospectus|campagnes?"
    r"|annonces? google"
    r"|notifications?|publications?|infolettres?"
    r"|correos?|bolet[ií]n(?:es)?|cartas?|cartel(?:es)?|folletos?|anuncios?|mensajes?"
    r"|publicaci[oó]n(?:es)?|notificaci[oó]n(?:es)?|campañas?"
)
_VERB = (
    r"(?:draft|write|compose|create|prepare|send|announce|promote"
    r"|schreib\w*|entwirf|entwerf\w*|verfass\w*|erstell\w*|formulier\w*|bewirb|k[uü]ndig\w*"
    r"|r[ée]dig\w*|[ée]cri\w+|envoi\w*|envoyer|cr[ée]e\w*|pr[ée]par\w*|annonc\w+"
    r"|redact\w*|escrib\w*|env[ií]\w*|crea\w*|anunci\w+|prepar\w*)"
)
_PLEASE = (
    r"(?:please\s+|pls\s+|can you\s+|could you\s+|now\s+|i (?:want|need)(?: you)? to\s+"
    r"|bitte\s+|jetzt\s+|dann\s+|svp\s+|s'il te pla[iî]t,?\s+|maintenant\s+"
    r"|por favor,?\s+|ahora\s+)*"
)
_DRAFT = re.compile(rf"^\W*{_PLEASE}{_VERB}\b", re.I)
_SUBJECT = re.compile(
    rf"\b(?:{_CHANNEL}|copy|offers?|announcement|ad|customers?|neighbou?rhoods?|\d+\s?%"
    r"|angebote?|kund\w+|stadtteile?|offres?|clients?|quartiers?|ofertas?|clientes?|barrios?)"
    r"(?!\w)|\d\s?%",
    re.I,
)
_CHANNELS = re.compile(rf"(?<!\w)(?:{_CHANNEL})(?!\w)", re.I)
_NAMED = re.compile(
    rf"^\W*(?:an?\s+|the\s+)?(?:{_CHANNEL})\b.*\b(?:about|for|on|to|with|announcing)\b", re.I
)
_AMOUNT = re.compile(
    r"\d\s?%|[£€$]\s?\d|\d[\s-]?[£€]|\b(?:off|free|half price|pour ?cent|por ciento)\b"
    r"|\b\d\s?(?:x|for|für|pour|por)\s?\d\b|\b(?:prozent|per ?cent|rabatt|gratis|kostenlos\w*"
    r"|umsonst|halben preis|zum preis von|remise|offerte?s?|gratuit\w*|moiti[ée] prix|pour le prix"
    r"|descuento|mitad de precio|euros?|pounds)\b",
    re.I,
)
_OFFER = re.compile(rf"{_AMOUNT.pattern}|\b(?:code|offer)\b", re.I)
_REQUEST = re.compile(
    r"(?<!\w)(?:(?:can|could|would) you|kannst du|k[oö]nntest du"
    r"|k[oö]nnen sie|peux[- ]tu|tu peux|pouvez[- ]vous|puedes|podr[ií]as|me haces|me escribes)\b"
    r"(?!,? (?:please )?(?:explain|tell|show|compare|describe|help|me (?:erkl|sag|zeig)"
    r"|mir (?:erkl|sag|zeig)|erkl|m'expliquer|expliquer|me dire|dire|comparer|explicar|decir"
    r"|comparar|mostrar))"
    rf".{{0,60}}?(?:\b{_VERB}|make|put together|do|machen|faire|hacer|haces|escribes|{_CHANNEL})\b",
    re.I,
)
_REVISE = re.compile(
    r"^\W*(?:no[,:]?\s+|please\s+|actually,?\s+|nein,?\s+|bitte\s+|non,?\s+|(?:et|y|und|and)\s+)*"
    r"(?:make|change|use|add|set|extend|scrap|forget|skip|only|also|instead|drop|with(?:out)?|not|keep|hold|send"
    r"|remove|rather|mention|say|until|till|before|after|from|between|on|this|next|tomorrow|today"
    r"|(?:two|three|\d) (?:versions?|variants?)|for (?:each|every|all)|one (?:per|for)|per"
    r"|the (?:code|offer|date|channel|terms|tone)|code|in (?:english|german|french|spanish)"
    r"|mach\w*|verl[aä]nger\w*|vergiss|[aä]nder\w*|nimm|nutz\w*|setz\w*|f[uü]g\w*|nur|auch|lieber|doch|stattdessen|statt"
    r"|ohne|mit|nicht|kein\w*|erw[aä]hn\w*|sag|bis|vor|nach|ab|von|am|diese\w*|morgen|heute|f[uü]r"
    r"|pro|je|eine? (?:pro|je)|auf|der code|das angebot|(?:zwei|drei|vier) \w+|duz\w*|siez\w*"
    r"|fais|mets|prolonge\w*|oublie\w*|laisse tomber|il faut"
    r"|change\w*|utilise\w*|ajoute\w*|seulement|aussi|plut[oô]t|finalement|sans|avec"
    r"|pas|mentionne\w*|pr[ée]cise\w*|dis(?:ons)?|jusqu\w*|avant|apr[eè]s|du|[aà] partir|ce|cette"
    r"|demain|aujourd\w*|pour|par|une? (?:par|pour)|en|le (?:code|ton)|l'offre|enl[eè]ve\w*"
    r"|supprime\w*|garde\w*|tuto\w*|vouvo\w*|(?:deux|trois|quatre) \w+|disons"
    r"|haz\w*|ampl[ií]\w*|olvida\w*|tr[aá]ta\w*"
    r"|pon\w*|cambia\w*|usa\w*|a[ñn]ad\w*|solo|s[oó]lo|tambi[ée]n|mejor|al final|sin|con|no"
    r"|menciona\w*|di|hasta|antes|despu[ée]s|desde|del?|el|este|ma[ñn]ana|hoy|para|cada|por|un[oa]?"
    r"|quita\w*|elimina\w*|deja|guarda|que sea|tut[ée]\w*|(?:dos|tres|cuatro) \w+"
    r"|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
    r"|\d+\s?(?:%|prozent|per ?cent|pour|€|£)"
    rf"|(?:{_CHANNEL}))(?!\w)",
    re.IGNORECASE,
)
_OF_A_BRIEF = re.compile(
    r"(?<!\w)(?:\d+[.,]?\d*\s?(?:%|€|£)|[€£$]\s?\d|codes?|c[oó]digo|emojis?|[ée]mojis?|tone|ton|tono"
    r"|siez\w*|duz\w*|vouvo\w*|tuto\w*|usted|tut[ée]\w*|\d{1,2}(?:st|nd|rd|th|\.)?(?: (?:of|de))? ?"
    r"(?:jan|feb|mar|m[aä]r|apr|avr|abr|may|mai|jun|juin|jul|aug|ao[uû]|ago|sep|oct|okt|nov|dec|dez"
    r"|d[ée]c|dic|ene|f[ée]v)\w*)(?!\w)",
    re.I,
)
_AWAY = re.compile(
    rf"(?<!\w)(?:no|not|forget|scrap|skip|vergiss|weg|pas|sans|tomber|oublie\w*|olvida|sin)"
    rf"(?!\w).*(?<!\w)(?:{_CHANNEL})(?!\w)|(?<!\w)(?:{_CHANNEL})(?!\w).*(?<!\w)(?:nicht|weg|no|pas)$",
    re.I,
)
_FIGURE = re.compile(
    r"^\W*(?:list|show|count|top|number of|zeig\w*|liste\w*|anzahl|montre\w*|nombre|muestra\w*"
    r"|lista)\b"
    r"|\b(?:average|revenue|turnover|sales of|open rate|conversion|response rate|umsatz"
    r"|durchschnitt\w*|öffnungsrate|chiffre d'affaires|moyenne?|ventes de|taux|ingresos|promedio"
    r"|media de|tasa)\b",
    re.I,
)
_QUESTION = re.compile(
    r"\?\s*$|^\W*(?:what|which|who|why|when|where|how|is|are|does|do"
    r"|was|welche\w*|wer|warum|wieso|wann|wo|wie|ist|sind|hat|haben|gibt es|erkl[aä]r\w*"
    r"|vergleich\w*"
    r"|que(?! sea)|quoi|qu'est|quels?|quelles?|qui|pourquoi|quand|o[uù]|comment|combien|est-ce"
    r"|expliqu\w*"
    r"|compar\w*|qué|cu[aá]l(?:es)?|qui[eé]n(?:es)?|por ?qu[eé]|cu[aá]ndo|d[oó]nde|c[oó]mo"
    r"|cu[aá]nt[oa]s?|explain|describe|summari[sz]e|tell me|fasse|r[eé]sum\w*|explica\w*)(?!\w)",
    re.I,
)


def route(message: str, *, drafting: bool = False) -> Tool:
    """The tool for a message; `drafting` says that a brief is waiting to be confirmed.

    >>> route("Draft an email for each neighbourhood about 15% off")
    'draft'
    >>> route("mach 20% draus", drafting=True), route("make it 20%")
    ('revise', 'ask')
    >>> route("What is local marketing?", drafting=True)
    'ask'
    """
    asks = bool(_QUESTION.search(message))
    changes = _REVISE.search(message) or _OF_A_BRIEF.search(message) or _AWAY.search(message)
    revises = drafting and not asks and bool(changes)
    if _DRAFT.search(message) and (_SUBJECT.search(message) or _AMOUNT.search(message)):
        return "draft"
    if _REQUEST.search(message) and (_CHANNELS.search(message) or _AMOUNT.search(message)):
        return "draft"
    if revises and not _begins_anew(message):
        return "revise"
    if not asks and (_begins_anew(message) or _names_both(message)):
        return "draft"
    return "revise" if revises else "ask"


def _begins_anew(message: str) -> bool:
    """Whether a message names its channel first and then an offer, as a new request does."""
    return bool(_NAMED.search(message) and _OFFER.search(message))


def _names_both(message: str) -> bool:
    """Whether a message names a channel and an amount, and asks for no figure."""
    both = _CHANNELS.search(message) and _AMOUNT.search(message)
    return bool(both and not _FIGURE.search(message))
