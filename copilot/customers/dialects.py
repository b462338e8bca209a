"""Where Ibis writes SQL that counts otherwise than DuckDB's, and how it is put right.

Each function gives a connected backend a compiler of its own, so that no expression above has to
know about it; `conformance` holds every engine to the same results. Everywhere a float is rounded
as DuckDB does it, half away from zero at its product with the power of ten: engines' own ROUND
goes by the binary value or the decimal text, and differs where the digit behind is a 5.
"""

from typing import Any


def postgres(connection: Any) -> None:
    """Text sorts by code point whatever the database's collation; a quotient is of floats.

    (Ibis 12 loses the cast in `mutate(x=(a / b) / (c / d))` over whole numbers.) Semi joins are
    written as EXISTS here: sqlglot misses those of a shared subquery.
    """
    from ibis.backends.sql.compilers.postgres import PostgresCompiler
    from sqlglot import expressions as sge

    class Compiler(PostgresCompiler):  # type: ignore[misc,unused-ignore]
        __slots__ = ()

        def to_sqlglot(self, expr: Any, **how: Any) -> Any:
            return _with_exists(super().to_sqlglot(expr, **how))

        def visit_Round(self, op: Any, *, arg: Any, digits: Any) -> Any:
            if not op.arg.dtype.is_floating():
                return super().visit_Round(op, arg=arg, digits=digits)
            scale = _scale(op)
            size = self.f.floor(sge.paren(self.f.abs(arg) * scale) + 0.5)
            return self.cast(sge.paren(self.f.sign(arg) * size) / scale, op.dtype)

        def visit_SortKey(self, op: Any, *, arg: Any, **how: Any) -> Any:
            if op.arg.dtype.is_string():
                by_code_point = sge.to_identifier("C", quoted=True)
                arg = sge.Collate(this=sge.paren(arg), expression=by_code_point)
            return super().visit_SortKey(op, arg=arg, **how)

        def visit_Divide(self, op: Any, *, left: Any, right: Any) -> Any:
            return sge.Div(this=self.cast(left, op.dtype), expression=self.cast(right, op.dtype))

    connection.compiler = Compiler()


def pyspark(connection: Any) -> None:
    r"""Vertical tabs and form feeds reach Spark as such.

    Its parser reads sqlglot's `\v`, `\f` and `\a` as the letters, so `strip()` took the first
    letter off `fatima@…`. Semi joins are written as EXISTS: over tables without a plan (see
    `backends.keep`) Spark 4.0 loses their columns.
    """
    from ibis.backends.sql.compilers.pyspark import PySparkCompiler
    from sqlglot import expressions as sge

    class Compiler(PySparkCompiler):  # type: ignore[misc,unused-ignore]
        __slots__ = ()

        def visit_Round(self, op: Any, *, arg: Any, digits: Any) -> Any:
            if not op.arg.dtype.is_floating():
                return super().visit_Round(op, arg=arg, digits=digits)
            scale = _scale(op)
            return self.cast(self.f.round(sge.paren(arg) * scale) / scale, op.dtype)

        def to_sqlglot(self, expr: Any, **how: Any) -> Any:
            return _with_exists(super().to_sqlglot(expr, **how)).transform(spelt)

    def spelt(node: Any) -> Any:
        if not (isinstance(node, sge.Literal) and node.is_string):
            return node
        if not {"\a", "\v", "\f"} & set(node.this):
            return node
        parts = [
            sge.Anonymous(this="CHAR", expressions=[sge.Literal.number(ord(each))])
            if each in "\a\v\f"
            else sge.Literal.string(each)
            for each in node.this
        ]
        return sge.Anonymous(this="CONCAT", expressions=parts)

    connection.compiler = Compiler()


def sqlite(connection: Any) -> None:
    """Case is folded in every script, and subqueries stand in a row instead of in each other.

    SQLite's own lower() and upper() know ASCII only, and its parser ends at about thirty levels.
    """
    from ibis.backends.sql.compilers.sqlite import SQLiteCompiler
    from sqlglot import expressions as sge
    from sqlglot.optimizer.eliminate_subqueries import eliminate_subqueries

    class Compiler(SQLiteCompiler):  # type: ignore[misc,unused-ignore]
        __slots__ = ()

        def visit_Round(self, op: Any, *, arg: Any, **_: Any) -> Any:
            scale = _scale(op)
            return self.cast(self.f.round(sge.paren(arg) * scale) / scale, op.dtype)

        def to_sqlglot(self, expr: Any, **how: Any) -> Any:
            return eliminate_subqueries(super().to_sqlglot(expr, **how))

    def lower(value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    def upper(value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    connection.compiler = Compiler()
    for name, function in {"lower": lower, "upper": upper}.items():
        connection.con.create_function(name, 1, function, deterministic=True)


def duckdb(connection: Any) -> None:
    """Times are UTC, and nothing is drawn on the terminal."""
    connection.raw_sql("SET enable_progress_bar = false")
    connection.raw_sql("SET TimeZone = 'UTC'")


def _scale(op: Any) -> Any:
    """Ten to the digits a float is rounded to, as a double."""
    from sqlglot import expressions as sge

    digits = 0 if op.digits is None else op.digits.value
    return sge.Cast(this=sge.Literal.number(10.0**digits), to=sge.DataType.build("double"))


def _with_exists(query: Any) -> Any:
    """The query with EXISTS for semi joins; as a whole, because Ibis's lacks links to parents."""
    from sqlglot import expressions as sge
    from sqlglot.transforms import eliminate_semi_and_anti_joins

    query = query.copy()
    for select in reversed([*query.find_all(sge.Select)]):
        eliminate_semi_and_anti_joins(select)
    return query
