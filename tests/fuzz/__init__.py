"""The readers under a coverage-guided fuzzer (atheris; the extra ``fuzz``).

``python -m tests.fuzz --seconds 180`` runs every format for its share of the time, ``--format glb`` one of them. What a
reader may do with any bytes is give a Scene or raise a `SceneproofError`; everything else is a crash, and so is more
than 20 seconds or 2 GiB. A crash is written to a file, with the command that repeats it.
"""
