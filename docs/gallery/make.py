"""Pictures of a real report for the documentation: `python docs/gallery/make.py reports/compact_car.xlsx`.

The workbook and the page beside it are drawn by LibreOffice, poppler (`pdftoppm`, `pdftotext`) and Chromium.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
# Sheets whose first page is shown; the second page of the cover has the words.
SHEETS = ("Cover", "Costs", "Sensitivity", "Pareto", "BOM", "Lifecycle")
DOTS_PER_INCH, PAGE_WIDTH, PAGE_HEIGHT = 62, 1000, 1500
# LibreOffice stumbles over values beside formulas in books with charts; it computes them itself.
VALUE = re.compile(r'<c( r="[A-Z]+[0-9]+"(?: s="[0-9]+")?)[^>]*>(<f>[^<]*</f>)<v>[^<]*</v></c>')


def run(*command: str | Path) -> str:
    """What a program says; it must succeed."""
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def without_values(book: Path, target: Path) -> Path:
    """A copy whose formulas have no values yet."""
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in source.namelist():
            content = source.read(entry)
            if entry.startswith("xl/worksheets/sheet"):
                content = VALUE.sub(r"<c\1>\2</c>", content.decode()).encode()
            copy.writestr(entry, content)
    return target


def first_pages(pdf: Path) -> dict[str, int]:
    """Sheet -> number of its first page, from the footers."""
    found: dict[str, int] = {}
    for number, text in enumerate(run("pdftotext", "-layout", pdf, "-").split("\f"), start=1):
        words = text.split()
        if words:
            found.setdefault(words[-1], number)
    return found


def draw(pdf: Path, page: int, name: str) -> None:
    """One page as a picture."""
    target = HERE / name
    run("pdftoppm", "-r", str(DOTS_PER_INCH), "-f", str(page), "-l", str(page), "-png", "-singlefile", pdf, target)


def main(book: Path) -> None:
    """Draw all pictures of a report."""
    with tempfile.TemporaryDirectory() as folder:
        plain = without_values(book, Path(folder) / "report.xlsx")
        profile = f"-env:UserInstallation=file://{folder}/profile"
        run("soffice", "--headless", "--norestore", profile, "--convert-to", "pdf", "--outdir", folder, plain)
        pdf = Path(folder) / "report.pdf"
        pages = first_pages(pdf)
        for sheet in SHEETS:
            draw(pdf, pages[sheet], sheet.lower())
        draw(pdf, pages["Cover"] + 1, "words")
    chromium = shutil.which("chromium") or "chromium"
    size = f"--window-size={PAGE_WIDTH},{PAGE_HEIGHT}"
    page = book.with_suffix(".html").resolve().as_uri()
    run(chromium, "--headless", "--no-sandbox", "--disable-gpu", size, f"--screenshot={HERE / 'page.png'}", page)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
