"""A user's folder of CSV files: rows that replace packaged ones or stand beside them, with every mistake at its cell.

A file has the name and the columns of a packaged table. A row with the keys of a packaged row replaces it, any other is
added where the table takes new ones; a row that says the same as the packaged one is passed over.
"""

from __future__ import annotations

import os
from pathlib import PurePath

from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.catalog import SOURCES, Catalog, packaged_catalog
from lcopt.inputs.own_data.completeness import incomplete
from lcopt.inputs.own_data.csv_files import ENDING, CsvFile, FolderError, csv_names, read_csv_file
from lcopt.inputs.own_data.row_rules import Quantities
from lcopt.inputs.own_data.table_files import TableReader
from lcopt.inputs.quantities import names_like, shown
from lcopt.inputs.replaced_rows import ReplacedRow


def read_catalog(folder: str | os.PathLike[str] | None = None) -> Catalog:
    """The packaged catalog, or that with the rows of a user's folder of CSV files.

    Parameters
    ----------
    folder : path, optional
        Files named like tables of the catalog (`prices.csv`), with the same columns.

    Raises
    ------
    ScenarioError
        With every problem of the folder.
    CatalogError
        Naming table, line and what is wrong with the package.
    """
    packaged = packaged_catalog()
    return packaged if folder is None else packaged.with_rows(read_user_data(folder, packaged))


def read_user_data(folder: str | os.PathLike[str], packaged: Catalog | None = None) -> tuple[ReplacedRow, ...]:
    """The rows of a folder that say anything else than the packaged ones.

    Parameters
    ----------
    folder : path
        With files named like tables of the catalog.
    packaged : Catalog, optional
        The catalog that the rows are for; the packaged one if left out.

    Raises
    ------
    ScenarioError
        With every problem of every file.
    """
    name = os.fspath(folder)
    try:
        rows, problems = user_rows(name, packaged or packaged_catalog())
    except FolderError as error:
        raise ScenarioError([Problem(name, 1, 1, "", error.message, error.hint)]) from None
    if problems:
        raise ScenarioError(problems)
    return rows


def catalog_with(folder: str | None) -> tuple[Catalog, list[Problem]]:
    """The catalog with the good rows of a folder, if any, and every problem of the folder."""
    packaged = packaged_catalog()
    if folder is None:
        return packaged, []
    try:
        rows, problems = user_rows(folder, packaged)
    except FolderError as error:
        return packaged, [Problem(folder, 1, 1, "", error.message, error.hint)]
    return packaged.with_rows(rows), problems


def user_rows(folder: str, packaged: Catalog) -> tuple[tuple[ReplacedRow, ...], list[Problem]]:
    """The good rows of a folder, and every problem of the others.

    Raises
    ------
    FolderError
        Where the folder as a whole cannot be read.
    """
    rows: list[ReplacedRow] = []
    problems: list[Problem] = []
    files: list[CsvFile] = []
    for name in csv_names(folder):
        path = os.path.join(folder, name)  # noqa: PTH118 - as written
        if not name.isprintable():
            message = f"the file {shown(name)} has a control sign in its name; expected the name of a table"
            problems.append(Problem(folder, 1, 1, "", message, "rename it"))
            continue
        if PurePath(name).stem not in packaged.tables or not name.endswith(ENDING):
            problems.append(_unknown_file(path, name, packaged))
            continue
        file = read_csv_file(path)
        (files if isinstance(file, CsvFile) else problems).append(file)  # type: ignore[arg-type]
    files.sort(key=lambda file: _stem(file) != SOURCES)
    quantities, sources = Quantities(packaged), set(packaged.table(SOURCES).words("key"))
    years = _years(files, packaged)
    for file in files:
        reader = TableReader(file, packaged.table(_stem(file)), quantities, sources, years)
        rows += reader.read()
        problems += reader.problems
        sources |= {row.keys["key"] for row in rows if row.table == SOURCES}
    if not problems:
        problems = [gap.problem for gap in incomplete(rows, packaged.with_rows(rows))]
    return tuple(rows), sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column))


def _stem(file: CsvFile) -> str:
    return PurePath(file.path).stem


def _unknown_file(path: str, name: str, packaged: Catalog) -> Problem:
    message = f"no table of the catalog is called {shown(PurePath(name).stem)}; expected the name of a table"
    hint = names_like(PurePath(name).stem, sorted(packaged.tables)) or "'lcopt catalog' lists them"
    return Problem(path, 1, 1, "", message, hint)


def _years(files: list[CsvFile], packaged: Catalog) -> set[str]:
    """The years of the price index, those that the folder adds among them."""
    index = packaged.table("price_index")
    added: set[str] = set()
    for file in files:
        header, *lines = file.lines
        columns = [number for number, cell in enumerate(header) if cell.text == "year" and _stem(file) == index.name]
        added |= {line[column].text for line in lines for column in columns if column < len(line)}
    return {*index.words("year"), *added}
