"""When a listener runs: before the others of its event, or after them. In between stands whatever names no priority.

Two of ours at the same moment run in the order in which their groups (_config.yml) and their modules (PARTS, in each
group) are listed: nothing else decides.
"""

FIRST = 1  # Sphinx gives 500 to a listener that names no priority
LAST = 950  # behind what the other extensions put late: sphinx_external_toc's reading of _toc.yml has 900
END = 999  # when the last of ours is done, too
