"""`python -m kdviz …`."""

import sys

try:
    from kdviz.cli import main
except KeyboardInterrupt:  # the imports take a second
    print("Interrupted.", file=sys.stderr)
    sys.exit(130)

if __name__ == "__main__":
    main()
