"""`python -m softmaxlab.displays [--write]`: hold the displays of the book around the working directory."""

import sys
import time
from collections import Counter

from .check import check_book, write_readings
from .tokens import UnreadableError


def main(arguments):
    """Check, or store the readings first; return the exit code."""
    if set(arguments) - {"--write"}:
        print(f"{' '.join(arguments)}: there is only --write, which stores the readings of the displays anew")
        return 2
    start = time.perf_counter()
    if arguments:
        try:
            print(f"{write_readings('.')} readings stored: review what changed, with git diff")
        except UnreadableError as problem:
            print(problem)
            return 1
    bindings, problems = check_book(".")
    print("\n".join(problems))
    held = Counter(binding.held for binding in bindings)
    print(
        f"{len(bindings) + len(problems)} formulas in {time.perf_counter() - start:.1f} s: {held['proof']} state what "
        f"is proved, {held['refusal']} are the misprints that are refused, {held['reading']} keep their reviewed "
        f"reading; {len(problems)} must be mended"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # a Windows code page, in a pipe, has no Greek letters
    sys.exit(main(sys.argv[1:]))
