"""Delimiters and quotes."""

from tests.customers.importing.nasty.case import Nasty, text

PEOPLE = (
    ("id", "first_name", "city"),
    ("C1", "Ann", "Leeds"),
    ("C2", "Bob", "York"),
    ("C3", "Cy", "Hull"),
)
FOUND = {
    "C1": {"first_name": "Ann", "city": "Leeds"},
    "C3": {"first_name": "Cy", "city": "Hull"},
}


def _people(name: str, delimiter: str) -> Nasty:
    lines = "".join(delimiter.join(row) + "\n" for row in PEOPLE)
    return text(name, lines, 3, cells=FOUND, delimiter=delimiter)


def comma() -> Nasty:
    return _people("comma.csv", ",")


def semicolon() -> Nasty:
    return _people("semicolon.csv", ";")


def tab() -> Nasty:
    return _people("tab.tsv", "\t")


def pipe() -> Nasty:
    return _people("pipe.txt", "|")


def double_pipe() -> Nasty:
    return _people("double_pipe.txt", "||")


def caret() -> Nasty:
    return _people("caret.txt", "^")


def colon() -> Nasty:
    return _people("colon.txt", ":")


def tilde() -> Nasty:
    return _people("tilde.txt", "~")


def declared() -> Nasty:
    body = "sep=;\nid;first_name;city\nC1;Ann, Marie;Leeds, UK\nC2;Bob, Jr;York, UK\n"
    return text(
        "declared.csv", body, 2, cells={"C1": {"first_name": "Ann, Marie", "city": "Leeds, UK"}}
    )


def commas_in_a_semicolon_file() -> Nasty:
    body = "id;first_name;lat;lon\nC1;Ann;53,1;-1,5\nC2;Bob;53,2;-1,6\nC3;Cy;53,3;-1,7\n"
    return text("semicolon_decimals.csv", body, 3, cells={"C2": {"first_name": "Bob", "lat": 53.2}})


def times_in_a_comma_file() -> Nasty:
    body = "id,first_name,joined_at\nC1,Ann,2024-01-02 10:15:00\nC2,Bob,2024-01-03 11:20:30\n"
    return text("times.csv", body, 2, delimiter=",", cells={"C2": {"first_name": "Bob"}})


def quoted_all() -> Nasty:
    body = '"id","first_name","city"\n"C1","Ann, Marie","Leeds"\n"C2","Bob","York, Yorks"\n'
    return text(
        "quoted_all.csv",
        body,
        2,
        cells={"C1": {"first_name": "Ann, Marie"}, "C2": {"city": "York, Yorks"}},
    )


def single_quoted() -> Nasty:
    body = "'id','first_name','city'\n'C1','Ann, Marie','Leeds'\n'C2','Bob','York'\n"
    return text(
        "single_quoted.csv", body, 2, cells={"C1": {"first_name": "Ann, Marie", "city": "Leeds"}}
    )


def escaped_quotes() -> Nasty:
    body = '"id","first_name","city"\n"C1","Ann \\"Annie\\", B","Leeds"\n"C2","Bob","York"\n'
    return text("escaped_quotes.csv", body, 2, cells={"C1": {"first_name": 'Ann "Annie", B'}})


def doubled_quotes() -> Nasty:
    body = 'id,first_name,city\nC1,"Ann ""Annie"" B",Leeds\nC2,"""Bob""",York\n'
    return text(
        "doubled_quotes.csv",
        body,
        2,
        cells={"C1": {"first_name": 'Ann "Annie" B'}, "C2": {"first_name": '"Bob"'}},
    )


def stray_quotes() -> Nasty:
    body = 'id,first_name,street\nC1,Ann,5" Pipe Lane\nC2,Bob "Bo" Lee,1 High St\nC3,Cy,a"b\n'
    return text(
        "stray_quotes.csv",
        body,
        3,
        cells={
            "C1": {"street": '5" Pipe Lane'},
            "C2": {"first_name": 'Bob "Bo" Lee'},
            "C3": {"street": 'a"b'},
        },
    )


def unbalanced_quote() -> Nasty:
    body = 'id,first_name,city\nC1,Ann,Leeds\nC2,"Bob,York\nC3,Cy,Hull\nC4,Di,Otley\n'
    return text(
        "unbalanced.csv",
        body,
        4,
        cells={"C2": {"first_name": '"Bob', "city": "York"}, "C4": {"city": "Otley"}},
    )


def unbalanced_last() -> Nasty:
    body = 'id,first_name,city\nC1,Ann,Leeds\nC2,Bob,York\nC3,Cy,"Hull'
    return text("unbalanced_last.csv", body, 3, cells={"C3": {"first_name": "Cy"}})


def unbalanced_ragged() -> Nasty:
    body = 'id,first_name,city\nC1,Ann,Leeds\nC2,"Bob\nC3,Cy,Hull\n'
    return text(
        "unbalanced_ragged.csv", body, 3, 1, reasons=("never closed",), cells={"C3": FOUND["C3"]}
    )


def two_unbalanced_quotes() -> Nasty:
    """Together they look like one long value; the columns tell that they are not."""
    body = 'id,first_name,city\nC1,"Ann,Leeds\nC2,Bob,York\nC3,Cy",Hull\nC4,Di,Otley\n'
    return text("two_unbalanced.csv", body, 4, cells={"C2": FOUND_BOB, "C4": {"city": "Otley"}})


FOUND_BOB = {"first_name": "Bob", "city": "York"}


def space_before_quotes() -> Nasty:
    body = 'id, first_name, city\nC1, "Ann, Marie", "Leeds"\nC2, "Bob", "York"\n'
    return text("spaced.csv", body, 2, cells={"C1": {"first_name": "Ann, Marie", "city": "Leeds"}})


def embedded_newlines() -> Nasty:
    body = 'id,street,city\nC1,"5 Mill Lane\nFlat 2",Leeds\nC2,"a\n\nb",York\nC3,x,Hull\n'
    return text(
        "newlines.csv",
        body,
        3,
        cells={"C1": {"street": "5 Mill Lane\nFlat 2"}, "C2": {"street": "a\n\nb"}},
    )


def embedded_newlines_crlf() -> Nasty:
    body = 'id,street,city\r\nC1,"5 Mill Lane\r\nFlat 2",Leeds\r\nC2,x,York\r\n'
    return text("newlines_crlf.csv", body, 2, cells={"C2": {"street": "x", "city": "York"}})


def newline_in_a_header() -> Nasty:
    body = 'id,"first\nname",city\nC1,Ann,Leeds\nC2,Bob,York\n'
    return text("newline_header.csv", body, 2, cells={"C1": {"first_name": "Ann"}})


def tabs_in_quotes() -> Nasty:
    body = 'id\tfirst_name\tcity\nC1\t"Ann\tMarie"\tLeeds\nC2\tBob\tYork\n'
    return text("tabs.tsv", body, 2, cells={"C1": {"first_name": "Ann\tMarie", "city": "Leeds"}})


def apostrophes() -> Nasty:
    body = "id,last_name,city\nC1,O'Neil,King's Lynn\nC2,D'Arcy,L'Hospitalet\nC3,'t Hooft,Utrecht\n"
    return text(
        "apostrophes.csv",
        body,
        3,
        cells={
            "C1": {"last_name": "O'Neil", "city": "King's Lynn"},
            "C3": {"last_name": "'t Hooft"},
        },
    )
