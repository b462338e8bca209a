"""The turns of phrase by which a question shows what it wants, in English, German, Spanish, French.

All patterns are read on folded text: lower case, no accents.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

Aspect = Literal[
    "names", "drawbacks", "benefits", "when", "example", "parts", "how", "why", "definition",
    "sources",
]  # fmt: skip

# In the order in which several aspects of one question are answered.
ASPECTS: dict[Aspect, str] = {
    "names": r"""(?:other|another|different|alternative|else)\b.{0,30}\b(?:names?|terms?|labels?
    |called|known)
        | also\s+(?:be\s+)?(?:called|known|named|labell?ed|referred) | synonyms? | alias(?:es)?
        | a\.?k\.?a
        | (?:called|known|labell?ed|named|names?|referred\s+to)(?:\s+as)?\W*$
        | names\s+(?:of|for|does|do|has|is)
        | names?\s+(?:is|are)\s+used | (?:go|goes)\s+by
        | andere\s+(?:namen|bezeichnungen) | otros\s+nombres | autres\s+noms""",
    "benefits": r"""benefits? | advantages? | pros | upsides? | strengths? | gains? | positives?
        | why\s+(?:use|should|would\s+\w+\s+(?:use|choose)|do\s+(?:companies|firms|marketers
        |businesses))
        | vorteile? | ventajas? | avantages?""",
    "drawbacks": r"""draw\s?-?backs? | disadvantages? | downsides? | problems? | risks? | cons
    | limitations? | limits
        | weakness(?:es)? | criticisms? | critics? | critici[sz]ed
        | pitfalls? | dangers? | challenges?
        | go(?:es)?\s+wrong | critics | mistakes? | (?:hard|difficult)\s+to
        | ignor(?:e|es|ing)
        | hazards? | shortcomings? | negatives? | harms? | arguments?\s+against
        | speaks?\s+against
        | nachteile? | desventajas? | inconvenientes? | inconvenients?""",
    "when": r"""when\s+(?:to|should|do|does|is|would|can|might) | best\s+when | suit(?:s|able
    |ed)? | appropriate
        | right\s+for | worth(?:while)? | should\s+(?:i|we|a|an|you|my) | use\s+cases?
        | makes?\s+sense | conditions? | requirements? | checklists?
        | wann | cuando | quand""",
    "example": r"""examples? | instances? | illustrat\w+ | case\s+stud(?:y|ies)
    | real\s*-?\s*(?:life|world) | evidence | pa(?:y|ys|id)\s+off | proof
        | beispiele? | ejemplos? | exemples? | (?:which|what)\s+(?:compan\w+|firms?|business\w*
        |brands?)
        | who\s+(?:uses?|has\s+used|practi[sc]es?)""",
    "parts": r"""parts? | components? | elements? | consists? | compris\w+ | composed
    | made\s+up | made\s+of | divid\w+
        | types | kinds | forms | sub-?types? | levels | branches | varieties | categories
        | faces | steps? | stages?
        | phases? | capabilities | ingredients | pillars | includes?""",
    "how": r"""how\s+(?!much|many|about|come) | mechanisms? | process | works? | implement\w*
        | wie\s+funktioniert | como\s+funciona | comment\s+fonctionne | funktioniert
        | fonctionne | funciona""",
    "why": r"why | reasons? | purpose | rationale | warum | por\s+que | pourquoi",
    "definition": r"""what\s+(?:is|are|was|were|does|do|exactly) | what's | whats | defin\w+
    | meaning | means?
        | explain\w* | describe | tell\s+me\s+about | understand | summar\w+ | overview
        | was\s+(?:ist|sind|bedeutet) | que\s+(?:es|son|significa) | qu\W?est\W?ce
        | c\W?est\s+quoi
        | erklar\w* | explica\w* | expliqu\w*""",
    "sources": r"""sources? | textbooks? | literature | references? | authors?
        | who\s+(?:says|wrote|coined|invented|introduced|popular\w+|devised|created
        |came\s+up\s+with|is\s+behind|thought\s+of) | cite | citations?
        | further\s+reading
        | read\s+more | disagree\w*""",
}

# A note's dimensions, by the words that ask for one.
DIMENSIONS: dict[str, str] = {
    "scope": r"scope | reach | how\s+(?:broad|wide|narrow)\w* | audience | broader | narrower",
    "personalisation": r"personali[sz]\w+ | degree\s+of\s+fit",
    "product_variation": r"(?:product|service)\s+variety | variations? | variants?",
    "who_decides": r"who\s+(?:decides?|chooses?|is\s+in\s+control) | decision",
    "production": r"production | produced? | manufactur\w+",
    "customer_role": r"""customers?\W*(?:s\s+)?(?:role|involve\w*|participat\w*)
        | role\s+of\s+(?:the\s+)?customers?""",
    "data_needed": r"data",
    "cost": r"(?:what|how\s+much|how).{0,20}\bcosts? | expensive | costl?y | cheap\w*",
    "scale": r"scale | scalab\w+ | how\s+many\s+customers",
    "main_risk": r"(?:main|biggest|greatest|chief)\s+(?:risk|danger)",
}

COMPARE = r"""compar\w+ | contrast\w* | differ\w* | vs | versus | distinguish\w* | distinct\w*
    | similar\w*
    | in\s+common | as\s+opposed\s+to | relat\w+ | better | rather\s+than | unlike | apart
    | which | between | or
    | unterschied\w* | unterscheid\w* | vergleich\w* | diferenc\w* | compara\w* | distingu\w*
    | against
    | side\s+by\s+side | oder
    | frente"""
STRONG_COMPARE = r"""compar(?:e|ed|ing|ison|isons) | contrast\w* | differ\w* | vs | versus
    | distinguish\w* | apart
    | unterschied\w* | unterscheid\w* | vergleich\w* | diferenc\w* | comparar | comparer
    | comparez"""
# In a follow-up: how the concept talked of is set beside the one that it names.
RELATES = r"""relat\w* | better | worse | similar\w* | different\w* | part\s+of | kind\s+of
    | form\s+of | type\s+of | belongs?\s+to | case\s+of | opposite | instead\s+of | unlike | besser
    | teil\s+von | mejor | mieux | parte\s+de"""
# A pronoun that stands for no concept.
DUMMY = r"""(?:is|was|be)\s+it\s+(?:true|fair|correct|possible|legal|allowed|ok|okay|necessary
    |important|better|good|bad|worth|safe|wise|right|the\s+case|a\s+\w+)\s+(?:that|to|if|for)
    | it\s+(?:makes?\s+sense|takes?|means?\s+to|costs?\s+to)"""
SUBJECT = r"it | they | them | its | their"
COMMON = r"in\s+common | similarit\w+ | alike | what\s+links"
SAME = r"""the\s+same | identical | synonym\w* | equivalent | equals? | interchangeabl\w+
    | (?:another|other|just\s+a|a)\s+(?:name|word|term)\s+for | no\s+different
    | mean\s+the\s+same | one\s+and"""
NUMERIC = r"""how\s+(?:much|many) | what\s+(?:percent\w*|share|proportion|number|amount)
    | revenue | turnover
    | sales\s+figures? | market\s+size | percentage\s+of | roi | spend | spent | budget
    | statistics?
    | average\s+(?:\w+\s+)?(?:rate|cost|price) | market\s+share"""
BACK = r"""it | its | it's | they | them | their | theirs | that | this | these | those | both
    | each | either | ones? | do\s+so | er | es | das | davon | dazu | damit | dafur | die
    | ca | cela
    | eso | esto | ello
    | the\s+(?:former|latter|concept|idea|term|method|approach|law|rule|two|first|second)"""
BOTH = r"both | they | them | their | these | those | the\s+two | each | which"
PART_OF = r"""parts? | kinds? | forms? | types? | consists? | includ\w+ | compris\w+
    | belong\w* | subset | branch
    | special\s+case | contain\w* | covers?"""
SHOPPING = r"""(?:best|top|cheapest|recommend\w*|which)\s+(?:\w+\s+){0,2}(?:software|tools?|apps?
    |platforms?|vendors?|agency|agencies|providers?|suppliers?|brands?\s+to\s+buy)"""
TASK = r"""(?:write|compose|draft|code|program|translate|draw|paint|solve|book|order|buy|sing
    |play|calculate|fix
    |install|debug|remind|call|email|delete|send|open|run)"""
APPLIED = r"""how\s+(?:can|could|should|would|might|may|did|do\s+(?:i|we|you)) | should | when
    | for\s+(?:an?|my|our|the|\w+s) | would | can | could | my | our"""
SO_MANY = r"""(?:list|name|what\s+are|which\s+are)\s+(?:the\s+)?
    (?:two|three|four|five|six|seven|eight|[2-9])"""
ASKS_NAME = r"""call(?:ed)? | named? | term | (?:which|what)\s+(?:\w+\s+)?(?:approach|concept
    |strategy|method|practice|metric|kind|form)"""
COUNT = r"""(two|three|four|five|six|seven|both|[2-9])\b(?=(?:\s+\w+){0,3}\s+(?:drawbacks?
    |disadvantages?|downsides?
    |problems?|risks?|examples?|names?|parts?|types?|kinds?|forms?|benefits?|advantages?
    |reasons?|ways?|steps?
    |elements?|components?|limitations?|terms?|challenges?|cons|pros|capabilities|faces))"""

YES_NO = re.compile(
    r"""^(?:(?:so|and|but|then)\s+)*(?:is|are|were|does|do|did|can|could|has|have|should|will
    |would|must|isn't|aren't
        |doesn't|don't|can't|won't|true\s+or\s+false|is\s+it\s+true|was(?!\s+(?:ist|sind
        |bedeutet|heisst)\b)|stimmt)\b
      | (?:\bright|\bcorrect|\btrue|\bisn't\s+it|\baren't\s+they|\bdoesn't\s+it
      |\btrue\s+or\s+false)\s*\?*$""",
    re.X,
)
POLITE = re.compile(
    r"""^(?:(?:hi|hello|hey|please|ok|okay|so|well|thanks|thank\s+you)[,!.\s]+)*
      (?:(?:can|could|would|will)\s+(?:you|u|i|we)\s+(?:(?:please|kindly|also)\s+)*
        (?=explain|tell|give|list|show|compare|describe|define|name|help|summar|outline|contrast
        |say|provide|get|have
          |discuss|clarify|elaborate|distinguish|quickly|briefly|identify|state|write|teach)
      | do\s+you\s+know\s+
      | i\s+(?:want|need|would\s+like)\s+(?:to\s+)?(?:know|understand|learn)?\s*
      | i'd\s+like\s+to\s+(?:know|understand|learn)\s*
      | please\s+)""",
    re.X,
)
CONTINUES = re.compile(r"^(?:and|what\s+about|how\s+about|or|but|also|then|und|y|et)\b")
# "And from B?" after a comparison sets one of the two beside B.
ADDS = re.compile(r"^(?:and|or|but|und|y|et)\s+(?:to|from|with|than|against|von|de|du|con|avec)\b")
CORRECTS = re.compile(
    r"""^(?:(?:no|nope|sorry|oops|wait|actually|nein|non|pardon|perdon)\b[\s,.!:;-]*)*
      (?:i\s+meant?\b|not\s+(?:that|this|it)(?:\s+one)?\s*[,.;:-]|ich\s+meinte?\b
        |je\s+voulais\s+dire\b|quise\s+decir\b|quer[ií]a\s+decir\b)[\s:,]*(?:but\s+)?
      | ^(?:no|nope|sorry|oops|nein|non|pardon)\s*[,.;:!-]\s*""",
    re.X | re.I,
)
# Signs that a question goes on from the one before.
LEANS = re.compile(
    r"""^(?:and|what\s+about|how\s+about|or|but|also|then|und|y|et)\b
      | \b(?:then|dann|alors|entonces)\W*$""",
    re.X,
)
THE_CONCEPT = re.compile(
    r"\bthe\s+(?:concept|idea|term|method|approach|law|rule|technique|model)\b(?!\s+of\b)"
)
REPEATS = re.compile(
    r"""^(?:(?:and|please|give\s+me|show\s+me|any)\s+)*(?:another|one\s+more|more|others?|noch
      \s+eins|otro|otra|encore\s+un)(?:\s+(?:ones?|of\s+(?:them|those)|please))*\W*$""",
    re.X,
)
PLACES = {
    "former": 0, "first": 0, "latter": 1, "second": 1, "third": 2, "fourth": 3, "last": -1,
    "erste": 0, "ersten": 0, "zweite": 1, "zweiten": 1, "dritte": 2, "primero": 0, "segundo": 1,
    "premier": 0, "premiere": 0, "deuxieme": 1,
}  # fmt: skip
ORDINAL = re.compile(
    rf"""\b(?:the|der|die|das|el|la|le)\s+({"|".join(PLACES)})
      (?=\W*$|\s*[,;.?!]|\s+(?:ones?|concept|method|approach|strategy|option|term|idea|of\s+(?:them
        |these|those|the)|is|has|does|was)\b)""",
    re.X,
)
ITEM = re.compile(r"\s*(?:[-*]|\d+\.)\s+(.+)")
REFUSALS = ("I cannot ", "I answer questions from the library")
FOR_THAT = re.compile(r"\b(?:for|with|in|to|of|about|under)\s+(?:it|that|this|them|those)\W*$")
# What stands before the word a concept is applied to, or that describes it.
APPLIED_TO = re.compile(
    r"""\b(?:(?:for|with|in|by|to|on|at|via|under|beyond|without)(?:\s+(?:an?|the|my|our))?
      |how|its|their|(?:is|are|was|be)\s+(?:it|they|that|this|these)
      |(?:it|they|that|this|these|those)(?:\s+(?:is|are|be|was|were))?)$""",
    re.X,
)
# A side of the subject by the article alone: "what is the penalty?".
THE_SIDE = re.compile(r"^(?:and\s+|so\s+)?(?:what|which|who|where)\s+(?:is|are|was|were)\s+the\b")
OF_A = re.compile(r"\b(?:(?:for|at|in|by|with|via)(?:\s+(?:an?|the|my|our))?|an?)\s*$")
COUNTRIES = {
    "british": "uk", "britain": "uk", "england": "uk", "american": "us", "america": "us",
    "usa": "us", "european": "eu", "europe": "eu", "californian": "california",
}  # fmt: skip
# How an answer is wanted, and verbs that leave the subject open: neither says what it is about.
_MANNER = """shorter longer deeper again summary nutshell slower clearer easier laymen layman
    grandma gib nenn nenne zeig zeige dame donne donnez muestra montre braucht brauche
    brauchen nutzt nutzen macht machen geht gibt heisst necesita sirve usa sert utilise
    faire hacer sorry"""
MANNER = frozenset(_MANNER.split())
CHAT = re.compile(
    r"""^(?:(?:hi|hello|hey|hiya|howdy|good\s+(?:morning|afternoon|evening|day)|greetings
    |thanks?(?:\s+you)?|cheers
      |bye|goodbye|see\s+you|ok|okay|great|cool|nice|perfect|awesome|got\s+it|ta|many\s+thanks
      |hallo|hola|bonjour
      |danke|gracias|merci|there|copilot|all|so\s+much|a\s+lot|very\s+much|again|that\s+helps
      |to\s+you
      |how\s+are\s+you(?:\s+doing)?|(?:what|who)\s+(?:can|are|do)\s+you(?:\s+(?:do|offer
      |know))?(?:\s+for\s+me)?
      |help|how\s+do\s+you\s+work|what\s+is\s+your\s+name|what\s+can\s+i\s+ask(?:\s+you)?
      |how\s+can\s+you\s+help(?:\s+me)?|please|today)\W*)+$""",
    re.X,
)


@lru_cache(maxsize=256)
def pattern(alternatives: str) -> re.Pattern[str]:
    """The alternatives as whole words."""
    return re.compile(rf"(?<![^\W_])(?:{alternatives})(?![^\W_])", re.X)


def has(text: str, alternatives: str) -> bool:
    """Whether folded text holds one of the alternatives as whole words."""
    return pattern(alternatives).search(text) is not None


def found(text: str, several: Iterable[str]) -> list[str]:
    """The stretches of folded text that hold one of several cues."""
    return [match.group() for cue in several for match in pattern(cue).finditer(text)]
