"""Build the knowledge graph of this workspace: the same as ``withwhom build``."""

import sys

from withwhom.cli import main

if __name__ == "__main__":
    sys.exit(main(["build", *sys.argv[1:]]))
