"""`python -m kdviz …`."""

from kdviz.cli import main

if __name__ == "__main__":
    main()
