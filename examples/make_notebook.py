"""Write examples/audit_mark_verify.ipynb and run it, so that it holds its outputs.

python examples/make_notebook.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
CELLS = [
    "# Audit, mark and verify a scene\n\nThe sample is a furnished room made by code (`assets/interior.glb`). "
    "Engineering notes, not legal advice.",
    (
        "from pathlib import Path\n\nimport sceneproof as sp\n\nasset = Path('../assets/interior.glb')\n"
        "work = Path('../out')\nwork.mkdir(exist_ok=True)"
    ),
    "## Audit\n\nWithout a declaration nothing fails: what hangs on origin, role or use is for review.",
    "report = sp.audit(asset, declaration={})\nreport",
    "report.to_frame()[['rule', 'verdict', 'severity', 'pointer', 'standing']]",
    "The headline is no product of scores: test by test, for, against or undecided.",
    "report['assessment']['realism_risk']",
    "## Declare and mark\n\nThe declaration lies beside the asset. A key is a file with 32 secret bytes.",
    (
        "from sceneproof import keys\n\nkeys.generate(work / 'notebook.key', overwrite=True)\n"
        "receipt = sp.mark(asset, work / 'notebook.glb', overwrite=True, key=work / 'notebook.key')\nreceipt"
    ),
    "receipt.to_frame()[['mark', 'verified']]",
    "## See it\n\nThe start picture of the room's camera, by Sceneproof's own renderer.",
    (
        "from IPython.display import Image\n\nfrom sceneproof.render.start_picture import start_pictures, to_jpeg\n\n"
        "shots = start_pictures(receipt.scene, 300)\nImage(to_jpeg(shots[0].rgb))"
    ),
    "## Verify\n\nWith the key, without it, and after a trip through another library that drops all metadata.",
    "sp.verify(work / 'notebook.glb', key=work / 'notebook.key', expect=receipt)",
    "sp.verify(work / 'notebook.glb')['watermark'] is None  # not looked for, which is not the same as absent",
    (
        "scene = sp.load(work / 'notebook.glb').to_trimesh()\nscene.apply_scale(0.37)\n"
        "after = sp.verify(scene, key=work / 'notebook.key')\n"
        "after['metadata']['found'], after['watermark']['found'], after['watermark']['payload'] == receipt['payload']"
    ),
]


def build() -> nbformat.NotebookNode:
    """The notebook without outputs; cells that begin like prose are Markdown."""
    book = nbformat.v4.new_notebook()
    for number, text in enumerate(CELLS):
        prose = text[0] == "#" or text.startswith(("The ", "With"))
        make = nbformat.v4.new_markdown_cell if prose else nbformat.v4.new_code_cell
        book.cells.append(make(text, id=f"cell-{number}"))
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return book


def main() -> int:
    book = build()
    NotebookClient(book, timeout=600, resources={"metadata": {"path": str(HERE)}}).execute()
    for cell in book.cells:
        cell.metadata.pop("execution", None)
    book.metadata.pop("language_info", None)
    nbformat.write(book, HERE / "audit_mark_verify.ipynb")
    return 0


if __name__ == "__main__":
    sys.exit(main())
