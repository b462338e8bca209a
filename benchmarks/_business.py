"""A made-up business's files at any size, the same at every run, with the faults real ones have."""

from pathlib import Path

DAYS = 1_095
PRODUCTS, STORES = 2_000, 60
BAD_DATE, BAD_EMAIL, BAD_AMOUNT, REPEATED = 0.006, 0.012, 0.004, 0.003

_FIRST = "Amelia,Noah,Zoë,Łukasz,Aisha,Jürgen,Chloé,Tom,Priya,José,Mei,Oluwaseun,Siân,Kofi,Eva,Max"
_LAST = (
    "Smith,O'Brien,Müller,Nowak,Khan,García,Dubois,Taylor,Singh,Jones,Okafor,Chen,Evans,de Vries"
)
_MAIL = "gmail.com,outlook.com,yahoo.co.uk,btinternet.com,icloud.com,proton.me,web.de,Example.ORG"
_CITY = "Leeds,York,Hull,Bradford,Sheffield,Manchester,Bristol,Cardiff,Glasgow,Norwich"
_AREA = "North,South,East,West,Old Town,Harbour,Riverside,Hill,Park,Market"
_COUNTRY = "GB,GB,GB,GB,GB,GB,United Kingdom,UK,IE,DE"
_EMPTY = "',,N/A,-,null,'"


def make(folder: Path, customers: int, transactions: int) -> tuple[Path, Path]:
    """Write customers.csv and transactions.csv (UTF-8, quoted where needed) into the folder."""
    import duckdb

    con = duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(folder / "spill")})
    con.execute("SET enable_progress_bar = false; SET threads = 2")
    con.execute(_MACROS)
    people, lines = folder / "customers.csv", folder / "transactions.csv"
    con.execute(f"COPY ({_customers(customers)}) TO '{people}' (HEADER)")
    con.execute(f"COPY ({_transactions(transactions, customers)}) TO '{lines}' (HEADER)")
    con.close()
    return people, lines


_MACROS = """
CREATE MACRO u(i, salt) AS ((hash(i * 31 + salt) % 1000000)::DOUBLE / 1000000);
CREATE MACRO pick(i, salt, words) AS (
  string_split(words, ',')[1 + (hash(i * 31 + salt) % len(string_split(words, ',')))::INT]);
"""


def _customers(count: int) -> str:
    # A few rows come twice: the number goes back by one.
    repeated = f"CASE WHEN u(i, 1) < {REPEATED} AND i > 0 THEN i - 1 ELSE i END"
    phone = (
        "CASE (hash(i * 31 + 7) % 6) WHEN 0 THEN '' WHEN 1 THEN '+447' || n9 WHEN 2 THEN"
        " '07' || n9 WHEN 3 THEN '0' || '7' || n9[1:3] || ' ' || n9[4:9] WHEN 4 THEN"
        " '+44 7' || n9[1:3] || ' ' || n9[4:9] ELSE '(07' || n9[1:3] || ') ' || n9[4:9] END"
    )
    email = (
        f"CASE WHEN u(i, 3) < {BAD_EMAIL} THEN ['no at sign', 'a@b', 'two@@example.org',"
        f" 'space in@example.org'][1 + (i % 4)] WHEN u(i, 3) > 0.93 THEN {_EMPTY}"
        " ELSE 'c' || k || pick(i, 4, 'a,.b,_x,-y') || '@' || mail END"
    )
    email = email.replace(_EMPTY, "pick(i, 5, ',N/A,-,null')")
    return f"""SELECT 'C' || lpad(k::VARCHAR, 8, '0') AS customer_id,
      pick(i, 11, $${_FIRST}$$) AS first_name, pick(i, 12, $${_LAST}$$) AS last_name,
      {email} AS email, {phone} AS phone, pick(i, 13, 'en,en,en,de,pl,') AS language,
      CASE WHEN u(i, 14) < {BAD_DATE} THEN '31/02/1980' WHEN u(i, 14) > 0.8 THEN ''
        ELSE strftime(DATE '1940-01-01' + (hash(i) % 24000)::INT, '%d/%m/%Y') END AS birth_date,
      (1 + i % 240) || ' Mill Lane' AS street, 'LS' || (1 + i % 29) || ' 1AB' AS postcode,
      pick(i, 15, $${_AREA}$$) AS neighbourhood, pick(i, 16, $${_CITY}$$) AS city,
      pick(i, 17, $${_COUNTRY}$$) AS country, 'S' || (1 + i % {STORES}) AS store_id,
      strftime(DATE '2019-01-01' + (hash(i + 5) % 2400)::INT, '%d/%m/%Y') AS joined_at,
      pick(i, 18, 'yes,yes,no,') AS email_consent,
      CASE WHEN u(i, 19) < 0.2 THEN 'Likes "rye", not white' ELSE '' END AS note
    FROM (SELECT i, {repeated} AS k, lpad((hash(i * 7) % 1000000000)::VARCHAR, 9, '4') AS n9,
            pick(i, 2, $${_MAIL}$$) AS mail FROM range({count}) t(i)) ORDER BY i"""  # noqa: S608 - constants


def _transactions(count: int, customers: int) -> str:
    baskets = max(1, count // 4)
    return f"""SELECT 'T' || lpad(k::VARCHAR, 9, '0') AS transaction_id,
      'B' || b AS basket_id, 'C' || lpad(c::VARCHAR, 8, '0') AS customer_id,
      'P' || p AS product_id, 'S' || (1 + c % {STORES}) AS store_id,
      CASE WHEN u(i, 23) < {BAD_DATE} THEN
        ['2025-02-30 10:00:00', '2025-13-01', 'yesterday'][1 + i % 3]
        ELSE strftime(TIMESTAMP '2023-10-01' + to_seconds((hash(b) % ({DAYS} * 86400))::BIGINT),
          '%Y-%m-%d %H:%M:%S') END AS at,
      (1 + (hash(i + 3) % 4))::VARCHAR AS quantity,
      CASE WHEN u(i, 24) < {BAD_AMOUNT} THEN pick(i, 25, 'free,?1.0,1.2.3')
        ELSE printf('%.2f', (50 + hash(i + 9) % 3000) / 100) END AS amount
    FROM (SELECT i, b, CASE WHEN u(i, 21) < {REPEATED} AND i > 0 THEN i - 1 ELSE i END AS k,
            (power(u(b, 22), 2) * {customers} * 1.01)::BIGINT AS c,
            (power(u(i, 26), 3) * {PRODUCTS})::BIGINT AS p
          FROM (SELECT i, (hash(i // 4) % {baskets})::BIGINT AS b FROM range({count}) t(i)))
    ORDER BY i"""  # noqa: S608 - constants
