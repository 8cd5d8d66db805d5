"""Reads tables that are Parquet (the extra ``parquet``): every value becomes the text that a CSV of the same table would hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from withwhom.problems import Problem, SaidError, UnreadableError

if TYPE_CHECKING:
    import pyarrow

# Rows that are decoded at a time: a large file never stands in memory as a whole beside the rows made of it.
BATCH = 16_384


class ParquetError(SaidError):
    """The library that reads Parquet is not installed."""


def parquet_rows(path: Path, shown: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a Parquet file, its header first, each with the line that it would have in a CSV (of cells without line breaks).

    Args:
        path: the file.
        shown: its path as messages name it.

    Raises:
        FileNotFoundError, PermissionError: the file cannot be opened.
        ParquetError: pyarrow is not installed.
        UnreadableError: the file is damaged, or a column holds what no cell can hold.
    """
    try:
        import pyarrow
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise ParquetError("no-pyarrow", path=shown) from error
    line = 1
    with path.open("rb") as content:
        try:
            file = ParquetFile(content)
            _refuse_types(file.schema_arrow, shown)
            yield line, list(file.schema_arrow.names)
            for batch in file.iter_batches(batch_size=BATCH):
                for cells in zip(*map(_texts, batch.columns), strict=True):
                    line += 1
                    yield line, list(cells)
        except UnicodeDecodeError as error:
            raise UnreadableError(Problem(shown, line + 1, 0, "not-utf8")) from error
        except (pyarrow.ArrowException, OSError) as error:
            raise UnreadableError(Problem(shown, line, 0, "bad-parquet", {"detail": " ".join(str(error).split())})) from error


def _refuse_types(schema: pyarrow.Schema, shown: str) -> None:
    """Name the columns whose values are no cells; a floating-point number is none, since it may not be the one that was meant."""
    from pyarrow import types

    legal = (types.is_string, types.is_large_string, types.is_string_view, types.is_integer, types.is_decimal, types.is_date, types.is_boolean, types.is_null)
    wrong = {number: column for number, column in enumerate(schema, 1) if not any(test(_kind(column.type)) for test in legal)}
    if wrong:
        values = ", ".join(f"{column.name} ({column.type})" for column in wrong.values())
        raise UnreadableError(Problem(shown, 1, min(wrong), "parquet-type", {"value": values}))


def _kind(type: pyarrow.DataType) -> pyarrow.DataType:
    """Return the type of the values, where they may stand in a dictionary."""
    from pyarrow import types

    return type.value_type if types.is_dictionary(type) else type


def _texts(column: pyarrow.Array) -> list[str]:
    """Return the cells of a column: what is null is empty, and a decimal has no zeros that only its type put there."""
    from pyarrow import types

    kind = _kind(column.type)
    text = _plain if types.is_decimal(kind) else _word if types.is_boolean(kind) else _composed
    return ["" if value is None else text(value) for value in column.cast(kind).to_pylist()]


def _composed(value: object) -> str:
    """Return a text in Unicode NFC, as CSV is read, too."""
    return unicodedata.normalize("NFC", str(value))


def _plain(value: Decimal) -> str:
    number = f"{value:f}"
    return number.rstrip("0").rstrip(".") if "." in number else number


def _word(value: bool) -> str:  # noqa: FBT001  # a cell
    return str(value).lower()
